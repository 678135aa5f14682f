import { type GlyphSet, inGlyphs } from './glyphs.ts';
import { lineWidth, type StyledLine } from './styled-line.ts';
import type { ToneStyles } from './themes.ts';

/** A row as a terminal is sent it. */
export interface PaintedLine {
  /** With the sequences that style it, which end with it. */
  readonly text: string;
  /** Columns. */
  readonly width: number;
}

/** The colours and signs that a terminal can show. */
export interface PaintOptions {
  readonly styles: ToneStyles;
  readonly glyphs: GlyphSet;
}

const reset = '\u001B[0m';

/** A row of a frame in the sequences of a terminal: only where its tone changes. */
export function paintLine(line: StyledLine, { styles, glyphs }: PaintOptions): PaintedLine {
  let text = '';
  let style = '';
  let inverse = false;
  for (const { text: piece, tone } of line) {
    const wanted = styles[tone];
    // Blanks look the same in every style but one that is inverse.
    if (wanted !== style && (inverse || tone === 'loud' || piece.trim() !== '')) {
      text += `${style === '' ? '' : reset}${wanted === '' ? '' : `\u001B[${wanted}m`}`;
      style = wanted;
      inverse = tone === 'loud';
    }
    text += piece;
  }
  return { text: inGlyphs(style === '' ? text : text + reset, glyphs), width: lineWidth(line) };
}
