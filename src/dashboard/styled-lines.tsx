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
  // Okabe and Ito's: told apart by the colour-blind, on dark ground and on light.
  series1: { color: '#E69F00' },
  series2: { color: '#56B4E9' },
  series3: { color: '#009E73' },
  series4: { color: '#D55E00' },
  series5: { color: '#0072B2' },
  series6: { color: '#CC79A7' },
};

const colourless: Readonly<Record<Tone, TextStyle>> = {
  ...coloured,
  faint: {},
  good: {},
  bad: { bold: true },
  warning: { bold: true },
  accent: {},
  series1: {},
  series2: {},
  series3: {},
  series4: {},
  series5: {},
  series6: {},
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
