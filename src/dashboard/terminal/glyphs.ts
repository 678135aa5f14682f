import { DropsweepError } from '../../base/errors.ts';
import stringWidth from 'string-width';
import { textWidth } from './text-width.ts';

/** What is drawn, in signs that every terminal shows one column wide. */
const ascii: ReadonlyMap<string, string> = new Map([
  ['│', '|'],
  ['┤', '|'],
  ['─', '-'],
  ['└', '+'],
  ['·', '.'],
  ['…', '~'],
  ['–', '-'],
  ['−', '-'],
  ['→', '>'],
  ['↑', '^'],
  ['↓', 'v'],
  ['×', 'x'],
  ['≈', '~'],
  ['λ', 'L'],
  ['’', "'"],
  ['²', '2'],
  ['●', 'o'],
  ['▲', '^'],
  ['■', '#'],
  ['◆', '%'],
  ['✚', '+'],
  ['✱', 'x'],
  ['├', '|'],
  ['█', '#'],
  ['▓', '%'],
  ['▒', '+'],
  ['░', '.'],
  ['±', '~'],
  ['σ', 's'],
  ['Σ', 'S'],
  ['η', 'n'],
  ['α', 'a'],
  ['β', 'b'],
  ['γ', 'g'],
  ['μ', 'u'],
  ['µ', 'u'],
  ['Δ', 'd'],
  ['Λ', 'A'],
  ['‖', '|'],
  ['√', 'v'],
  ['≤', '<'],
  ['≥', '>'],
  ['≠', '!'],
  ['—', '-'],
  ['•', 'o'],
  ['“', '"'],
  ['”', '"'],
  ['‘', "'"],
]);

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const beyondAscii = /\P{ASCII}/u;

/**
 * Sets of signs that a terminal is sent: all; those alone that are one column wide wherever they are drawn (`narrow`:
 * terminals of East Asia may draw λ, · and lines two columns wide); or ASCII.
 */
export type GlyphSet = 'unicode' | 'narrow' | 'ascii';

/**
 * The set that DROPSWEEP_GLYPHS names; else ASCII in a locale that is named and is not UTF-8, and narrow signs in a
 * Chinese, Japanese or Korean one. Where none is named, as in most containers, terminals read UTF-8.
 * @throws USAGE
 */
export function glyphSetOf(environment: NodeJS.ProcessEnv): GlyphSet {
  const asked = environment['DROPSWEEP_GLYPHS'] ?? 'auto';
  if (asked === 'unicode' || asked === 'narrow' || asked === 'ascii') return asked;
  if (asked !== 'auto') {
    throw new DropsweepError('USAGE', 'no such glyphs', {
      where: 'DROPSWEEP_GLYPHS',
      got: asked,
      expected: 'auto, unicode, narrow or ascii',
    });
  }
  const named = ['LC_ALL', 'LC_CTYPE', 'LANG'].map((name) => environment[name]).find((value) => value);
  if (named === undefined) return 'unicode';
  if (!/utf-?8/i.test(named)) return 'ascii';
  return /^(zh|ja|ko)(_|\.|$)/i.test(named) ? 'narrow' : 'unicode';
}

/** The text in a set's signs, column by column: what has none shows as `?`, as wide as it was. */
export function inGlyphs(text: string, set: GlyphSet): string {
  if (set === 'unicode' || !beyondAscii.test(text)) return text;
  let out = '';
  for (const { segment } of graphemes.segment(text)) out += beyondAscii.test(segment) ? inSet(segment, set) : segment;
  return out;
}

function inSet(segment: string, set: Exclude<GlyphSet, 'unicode'>): string {
  const width = textWidth(segment);
  if (set === 'narrow' && stringWidth(segment, { ambiguousIsNarrow: false }) === width) return segment;
  return ascii.get(segment) ?? brailleInAscii(segment) ?? '?'.repeat(width);
}

/** Dots of a cell's upper and lower half. */
const upperDots = 0x01 | 0x08 | 0x02 | 0x10;
const lowerDots = 0x04 | 0x20 | 0x40 | 0x80;

/** A cell of a line chart: which of its halves have dots; null: it is no such cell. */
function brailleInAscii(segment: string): string | null {
  const bits = (segment.codePointAt(0) ?? 0) - 0x2800;
  if (bits < 0 || bits > 0xff) return null;
  if ((bits & upperDots) === 0) return bits === 0 ? ' ' : '.';
  return (bits & lowerDots) === 0 ? "'" : ':';
}
