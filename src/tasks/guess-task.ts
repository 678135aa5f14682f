import type { TableRecord } from '../data/files/table.ts';
import { DropsweepError } from '../base/errors.ts';
import { didYouMean } from '../sweep/file/sweep-file-problems.ts';

/** Which task a table is for: its columns of texts and labels, and what they hold. */
export interface GuessedTask {
  readonly text: string;
  readonly label: string;
  readonly kind: 'text-classification' | 'text-regression';
  readonly rows: number;
  /** Rows of each class, the most frequent first; empty where labels are targets. */
  readonly classes: readonly (readonly [name: string, rows: number])[];
  /** Characters that 95 % of the texts have at most. */
  readonly longCharacters: number;
}

interface NamedColumns {
  readonly text?: string;
  readonly label?: string;
}

const labelNames =
  /^(label|labels|class|category|target|y|sentiment|intent|topic|score|rating|stars|grade|gold(_label)?|is_\w+)$/i;
/** More values than this, each a number, are targets of a regression. */
const mostClasses = 50;

/**
 * Looks at a table's records: the text is the column of the longest texts, the label a column of a usual name, else the
 * one of fewest values. What is named is taken as it is named.
 * @throws DropsweepError DATA_INVALID where there is no such column, or none to guess
 */
export function guessTask(place: string, records: readonly TableRecord[], named: NamedColumns = {}): GuessedTask {
  const columns = [...new Set(records.flatMap(({ cells }) => Object.keys(cells)))];
  for (const column of [named.text, named.label]) demand(place, columns, column);
  const summaries = columns.map((name) => summarise(name, records));
  const usual = named.label ?? summaries.find(({ name, values }) => labelNames.test(name) && values.size > 1)?.name;
  const [text] = summaries
    .filter(({ name }) => name === (named.text ?? name) && name !== usual)
    .sort((a, b) => b.meanCharacters - a.meanCharacters);
  const label = summaries.find(({ name }) => name === (usual ?? fewestValues(summaries, text?.name)));
  if (text === undefined || label === undefined || text.meanCharacters === 0) {
    throw new DropsweepError('DATA_INVALID', 'the columns of texts and labels are not to be told', {
      where: place,
      got: columns.join(', '),
      expected: 'a column of texts and one of labels',
      fix: 'name them: --text COLUMN --label COLUMN',
    });
  }
  const regression = label.allNumbers && (label.anyFraction || label.values.size > mostClasses);
  return {
    text: text.name,
    label: label.name,
    kind: regression ? 'text-regression' : 'text-classification',
    rows: records.length,
    classes: regression ? [] : [...label.values].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)),
    longCharacters: text.longCharacters,
  };
}

interface ColumnSummary {
  readonly name: string;
  /** Rows of each value, as text. */
  readonly values: ReadonlyMap<string, number>;
  readonly allNumbers: boolean;
  readonly anyFraction: boolean;
  readonly meanCharacters: number;
  readonly longCharacters: number;
}

function summarise(name: string, records: readonly TableRecord[]): ColumnSummary {
  const cells = records.map(({ cells: { [name]: cell } }) =>
    typeof cell === 'string' ? cell.trim() : cell === null || cell === undefined ? '' : JSON.stringify(cell),
  );
  const values = new Map<string, number>();
  for (const cell of cells) values.set(cell, (values.get(cell) ?? 0) + 1);
  const numbers = [...values.keys()].map((value) => (value === '' ? Number.NaN : Number(value)));
  const lengths = cells.map((cell) => cell.length).sort((a, b) => a - b);
  const numeric = numbers.every(Number.isFinite);
  return {
    name,
    values,
    allNumbers: numeric,
    anyFraction: numeric && numbers.some((value) => !Number.isInteger(value)),
    // Numbers are no text, however many digits they have.
    meanCharacters: numeric ? 0 : lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length),
    longCharacters: lengths[Math.floor(0.95 * Math.max(0, lengths.length - 1))] ?? 0,
  };
}

function fewestValues(summaries: readonly ColumnSummary[], text: string | undefined): string | undefined {
  return summaries
    .filter(
      ({ name, values, anyFraction }) =>
        name !== text && values.size > 1 && (anyFraction || values.size <= mostClasses),
    )
    .sort((a, b) => a.values.size - b.values.size)[0]?.name;
}

function demand(place: string, columns: readonly string[], name: string | undefined): void {
  if (name === undefined || columns.includes(name)) return;
  throw new DropsweepError('DATA_INVALID', `there is no column ${name}${didYouMean(name, columns)}`, {
    where: place,
    got: columns.join(', '),
    expected: `a column ${name}`,
    fix: 'name one of the columns that are there',
  });
}
