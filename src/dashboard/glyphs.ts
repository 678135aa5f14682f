import stringWidth from 'string-width';

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
  ['η', 'n'],
]);

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const beyondAscii = /\P{ASCII}/u;

/**
 * Whether the terminal is to be given ASCII alone: DROPSWEEP_GLYPHS=ascii (a terminal that draws λ, · and lines two columns
 * wide, as some of East Asia do), or a locale that is named and is not UTF-8. Where none is named, as in most containers,
 * terminals read UTF-8.
 */
export function wantsAscii(environment: NodeJS.ProcessEnv): boolean {
  if (environment['DROPSWEEP_GLYPHS'] !== undefined) return environment['DROPSWEEP_GLYPHS'] === 'ascii';
  const named = ['LC_ALL', 'LC_CTYPE', 'LANG'].map((name) => environment[name]).find((value) => value);
  return named !== undefined && !/utf-?8/i.test(named);
}

/** The text in ASCII, column by column: what has no sign of its own shows as `?`, as wide as it was. */
export function inAscii(text: string): string {
  if (!beyondAscii.test(text)) return text;
  let out = '';
  for (const { segment } of graphemes.segment(text)) {
    out += beyondAscii.test(segment)
      ? (ascii.get(segment) ?? brailleInAscii(segment) ?? '?'.repeat(stringWidth(segment)))
      : segment;
  }
  return out;
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
