import { textWidth } from './text-width.ts';

/** The meaning of a piece of text. Colour follows it; no meaning is carried by colour alone. */
export type Tone = 'plain' | 'faint' | 'good' | 'bad' | 'warning' | 'accent' | 'loud' | 'heading' | SeriesTone;

/** Series of a drawing, told apart by their glyphs too. */
export type SeriesTone = 'series1' | 'series2' | 'series3' | 'series4' | 'series5' | 'series6';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One row of a frame, as pieces of text that lie side by side. */
export type StyledLine = readonly Span[];

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const controlCharacters = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+|\p{Cs}/gu;

const plainAscii = /^[ -~]*$/;

/** Text with control characters (which could move the cursor) as single spaces. */
export function printable(text: string): string {
  return plainAscii.test(text) ? text : text.replace(controlCharacters, ' ');
}

/** The first `width` columns of a text; where something is cut off, the last column says so. */
export function clipText(text: string, width: number): string {
  const clean = printable(text);
  if (textWidth(clean) <= width) return clean;
  return width <= 0 ? '' : `${firstColumns(clean, width - 1)}…`;
}

/** As much of a text as `width` columns hold. */
function firstColumns(text: string, width: number): string {
  if (plainAscii.test(text)) return text.slice(0, width);
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += textWidth(segment);
    if (used > width) break;
    kept += segment;
  }
  return kept;
}

/** Text in exactly `width` columns. */
export function fitText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const clipped = clipText(text, width);
  const padding = ' '.repeat(Math.max(0, width - textWidth(clipped)));
  return align === 'left' ? clipped + padding : padding + clipped;
}

export function lineWidth(line: StyledLine): number {
  return line.reduce((sum, { text }) => sum + textWidth(text), 0);
}

/** Pieces of one tone that lie side by side as one. */
export function mergeSpans(spans: readonly Span[]): StyledLine {
  const merged: Span[] = [];
  for (const { text, tone } of spans) {
    const last = merged.at(-1);
    if (last !== undefined && last.tone === tone) merged[merged.length - 1] = span(last.text + text, tone);
    else merged.push(span(text, tone));
  }
  return merged;
}

/**
 * A line cut to at most `width` columns, control characters as spaces; where something is cut off, its last column says
 * so.
 */
export function clipLine(line: StyledLine, width: number): StyledLine {
  const clean = line.map((piece) => (plainAscii.test(piece.text) ? piece : span(printable(piece.text), piece.tone)));
  if (lineWidth(clean) <= width) return clean;
  if (width <= 0) return [];
  if (lineWidth(clean) - blankEnd(clean) <= width) return firstOfLine(clean, width);
  const kept = firstOfLine(clean, width - 1);
  const last = kept.at(-1);
  return last === undefined ? [span('…')] : [...kept.slice(0, -1), span(`${last.text}…`, last.tone)];
}

function firstOfLine(line: StyledLine, width: number): StyledLine {
  const kept: Span[] = [];
  let left = width;
  for (const { text, tone } of line) {
    if (left <= 0) break;
    const piece = firstColumns(text, left);
    kept.push(span(piece, tone));
    left -= textWidth(piece);
  }
  return kept;
}

/** Columns at the end that show nothing. */
function blankEnd(line: StyledLine): number {
  let blank = 0;
  for (const { text, tone } of line.toReversed()) {
    const shown = tone === 'loud' ? text : text.trimEnd();
    blank += text.length - shown.length;
    if (shown !== '') break;
  }
  return blank;
}

/** `left` and `right` at the two ends of `width` columns; where both do not fit, the right one is whole. */
export function spread(left: StyledLine, right: StyledLine, width: number): StyledLine {
  const rightClipped = clipLine(right, width);
  const room = width - lineWidth(rightClipped);
  if (lineWidth(rightClipped) === 0) return clipLine(left, width);
  const leftClipped = clipLine(left, Math.max(0, room - 1));
  return [...leftClipped, span(' '.repeat(room - lineWidth(leftClipped))), ...rightClipped];
}

/** As many of `parts` as fit side by side, in order; later ones that do not fit are left out whole. */
export function joinWhatFits(parts: readonly StyledLine[], separator: string, width: number): StyledLine {
  let line: StyledLine = [];
  for (const part of parts) {
    const longer = line.length === 0 ? part : [...line, span(separator, 'faint'), ...part];
    if (lineWidth(longer) > width) continue;
    line = longer;
  }
  return line.length === 0 && parts[0] !== undefined ? clipLine(parts[0], width) : line;
}

/** A rule across the frame with a caption in it. */
export function captionRule(caption: string, width: number): StyledLine {
  const text = clipText(caption, Math.max(0, width - 6));
  const tail = Math.max(0, width - textWidth(text) - 4);
  return [span('── ', 'faint'), span(text, 'heading'), span(` ${'─'.repeat(tail)}`, 'faint')];
}

/** Two blocks side by side, the right one from column `at` on. */
export function beside(left: readonly StyledLine[], at: number, right: readonly StyledLine[]): readonly StyledLine[] {
  return left.map((line, row) => {
    const clipped = clipLine(line, at);
    return [...clipped, span(' '.repeat(at - lineWidth(clipped))), ...(right[row] ?? [])];
  });
}
