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
    out += beyondAscii.test(segment) ? (ascii.get(segment) ?? '?'.repeat(stringWidth(segment))) : segment;
  }
  return out;
}
