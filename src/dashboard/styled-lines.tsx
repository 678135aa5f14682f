import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import type { StyledLine, Tone } from './styled-line.ts';

interface TextStyle {
  readonly color?: string;
  readonly dimColor?: boolean;
  readonly bold?: boolean;
  readonly inverse?: boolean;
}

const coloured: Readonly<Record<Tone, TextStyle>> = {
  plain: {},
  faint: { dimColor: true },
  good: { color: 'green' },
  bad: { color: 'red', bold: true },
  warning: { color: 'yellow', bold: true },
  accent: { color: 'cyan' },
  loud: { inverse: true, bold: true },
  heading: { bold: true },
};

const colourless: Readonly<Record<Tone, TextStyle>> = {
  ...coloured,
  faint: {},
  good: {},
  bad: { bold: true },
  warning: { bold: true },
  accent: {},
};

export interface StyledLinesProps {
  readonly lines: readonly StyledLine[];
  readonly width: number;
  readonly height: number;
  readonly colour: boolean;
}

/** A block of exactly `height` rows; lines beyond it are not drawn. */
export function StyledLines({ lines, width, height, colour }: StyledLinesProps): ReactNode {
  const styles = colour ? coloured : colourless;
  return (
    <Box flexDirection="column" flexShrink={0} width={width} height={height} overflow="hidden">
      {lines.slice(0, height).map((line, row) => (
        // Rows have no identity beyond their place.
        <Text key={row} wrap="truncate-end">
          {line.length === 0 ? ' ' : null}
          {line.map(({ text, tone }, column) => (
            <Text key={column} {...styles[tone]}>
              {text}
            </Text>
          ))}
        </Text>
      ))}
    </Box>
  );
}
