import { formatCount } from '../../base/format-count.ts';
import { distance } from 'fastest-levenshtein';
import { DropsweepError } from '../../base/errors.ts';
import { spelledOut } from '../../base/spelled-out.ts';

/** One thing that is wrong in a sweep file, at the place where it stands. Lines and columns count from 1. */
export interface SweepFileProblem {
  readonly line: number;
  readonly column: number;
  /** Dotted path of the field, empty for the whole file. */
  readonly field: string;
  readonly text: string;
}

/** One error that lists every problem of a file in the order of its lines. */
export function sweepFileInvalid(file: string, problems: readonly SweepFileProblem[]): DropsweepError {
  const ordered = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = ordered.map(({ line, column, field, text }) => {
    const subject = field === '' ? '' : `${field}: `;
    return `  ${file}:${line}:${column} ${spelledOut(`${subject}${text}`)}`;
  });
  const count = formatCount(problems.length, 'problem');
  return new DropsweepError('SWEEP_FILE_INVALID', `${count} in ${file}\n${lines.join('\n')}`);
}

/** ` (did you mean X?)` for the nearest of the known words, or nothing where none is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const ranked = known
    .map((candidate) => ({ candidate, edits: edits(word, candidate) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  if (best === undefined) return '';
  if (best.edits <= Math.max(1, Math.floor(best.candidate.length / 3))) return `; did you mean ${best.candidate}?`;
  const begun = known.filter((candidate) => candidate.toLowerCase().startsWith(word.toLowerCase()));
  return word !== '' && begun.length === 1 ? `; did you mean ${begun[0]}?` : '';
}

/** Of letters that stand in another order two edits are one slip of the fingers. */
function edits(word: string, known: string): number {
  const [one, other] = [word.toLowerCase(), known.toLowerCase()];
  const apart = distance(one, other);
  return apart === 2 && sortedLetters(one) === sortedLetters(other) ? 1 : apart;
}

function sortedLetters(word: string): string {
  return Array.from(word).sort().join('');
}
