import type { TableRecord } from '../data/files/table.ts';
import { DropsweepError } from '../base/errors.ts';
import { didYouMean } from '../sweep/file/sweep-file-problems.ts';

/** Tasks that a table of texts and labels is guessed to be for. */
export const guessedKinds = ['text-classification', 'text-regression'] as const;
export type GuessedKind = (typeof guessedKinds)[number];

/** Which task a table is for: its columns of texts and labels, and what they hold. */
export interface GuessedTask {
  readonly text: string;
  readonly label: string;
  readonly kind: GuessedKind;
  readonly rows: number;
  /** Rows of each class, the most frequent first; empty where labels are targets. */
  readonly classes: readonly (readonly [name: string, rows: number])[];
  /** Characters that 95 % of the texts have at most. */
  readonly longCharacters: number;
}

/** What people say of a table, which is taken as they say it. */
export interface NamedTask {
  readonly text?: string;
  readonly label?: string;
  readonly kind?: GuessedKind;
}

/** What a table may be for, the likeliest first: of what is beyond doubt, or said, there is one; none is to be told. */
export interface TaskCandidates {
  readonly texts: readonly string[];
  readonly labels: readonly string[];
  readonly kinds: readonly GuessedKind[];
}

const labelNames =
  /^(label|labels|class|category|target|y|sentiment|intent|topic|score|rating|stars|grade|gold(_label)?|is_\w+)$/i;
/** More values than this, each a number, are targets of a regression. */
const mostClasses = 50;
/** A column of texts may be one whose texts are at least this share of the longest column's, on average. */
const textShare = 0.25;

/** A table of records, looked at once: what it may be for, and what it is for where people say no more. */
export interface LookedTable {
  readonly columns: readonly string[];
  readonly rows: number;
  /** @throws DropsweepError DATA_INVALID where there is no such column */
  candidates(named?: NamedTask): TaskCandidates;
  /** @throws DropsweepError DATA_INVALID where there is no such column, one for both, none to guess, or labels are no numbers */
  guess(named?: NamedTask): GuessedTask;
}

/**
 * Looks at a table's records: the text is the column of the longest texts, the label a column of a usual name, else the
 * one of fewest values. What is named is taken as it is named.
 */
export function lookAtTable(place: string, records: readonly TableRecord[]): LookedTable {
  const columns = [...new Set(records.flatMap(({ cells }) => Object.keys(cells)))];
  const summaries = columns.map((name) => summarise(name, records));
  const candidates = (named: NamedTask = {}): TaskCandidates => {
    for (const column of [named.text, named.label]) demand(place, columns, column);
    if (named.text !== undefined && named.text === named.label) throw oneColumn(place, named.text);
    const texts = textsOf(summaries, named);
    const labels = labelsOf(summaries, named, texts[0]);
    const label = summaries.find(({ name }) => name === labels[0]);
    return { texts, labels, kinds: kindsOf(label, named) };
  };
  const guess = (named: NamedTask = {}): GuessedTask => {
    const { texts, labels, kinds } = candidates(named);
    const text = summaries.find(({ name }) => name === texts[0]);
    const label = summaries.find(({ name }) => name === labels[0]);
    const [kind] = kinds;
    if (text === undefined || label === undefined || kind === undefined || text.meanCharacters === 0)
      throw notToBeTold(place, columns);
    if (kind === 'text-regression' && !label.allNumbers) throw noNumbers(place, label);
    return {
      text: text.name,
      label: label.name,
      kind,
      rows: records.length,
      classes: kind === 'text-regression' ? [] : [...label.values].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)),
      longCharacters: text.longCharacters,
    };
  };
  return { columns, rows: records.length, candidates, guess };
}

function usualLabels(summaries: readonly ColumnSummary[], { text }: NamedTask): readonly string[] {
  return summaries
    .filter(({ name, values }) => name !== text && labelNames.test(name) && values.size > 1)
    .map(({ name }) => name);
}

function textsOf(summaries: readonly ColumnSummary[], named: NamedTask): readonly string[] {
  const label = named.label ?? usualLabels(summaries, named)[0];
  if (named.text !== undefined) return [named.text];
  const others = summaries
    .filter(({ name, meanCharacters }) => name !== label && meanCharacters > 0)
    .sort((a, b) => b.meanCharacters - a.meanCharacters);
  const least = textShare * (others[0]?.meanCharacters ?? 0);
  return others.filter(({ meanCharacters }) => meanCharacters >= least).map(({ name }) => name);
}

function labelsOf(summaries: readonly ColumnSummary[], named: NamedTask, text: string | undefined): readonly string[] {
  if (named.label !== undefined) return [named.label];
  const usual = usualLabels(summaries, named);
  if (usual.length > 0) return usual;
  return summaries
    .filter(
      ({ name, values, anyFraction }) =>
        name !== text && values.size > 1 && (anyFraction || values.size <= mostClasses),
    )
    .sort((a, b) => a.values.size - b.values.size)
    .map(({ name }) => name);
}

/** Whole numbers of more than two values may be classes or a scale: the more there are, the likelier a scale. */
function kindsOf(label: ColumnSummary | undefined, { kind }: NamedTask): readonly GuessedKind[] {
  if (kind !== undefined) return [kind];
  if (label === undefined) return [];
  if (label.anyFraction) return ['text-regression'];
  if (!label.allNumbers || label.values.size <= 2) return ['text-classification'];
  return label.values.size > mostClasses ? ['text-regression', 'text-classification'] : guessedKinds;
}

function notToBeTold(place: string, columns: readonly string[]): DropsweepError {
  return new DropsweepError('DATA_INVALID', 'the columns of texts and labels are not to be told', {
    where: place,
    got: columns.join(', '),
    expected: 'a column of texts and one of labels',
    fix: 'name them: --text COLUMN --label COLUMN',
  });
}

function oneColumn(place: string, got: string): DropsweepError {
  return new DropsweepError('DATA_INVALID', 'texts and labels cannot be one column', {
    ...{ where: place, got },
    expected: 'another column for one of them',
  });
}

function noNumbers(place: string, { name, values }: ColumnSummary): DropsweepError {
  const got = [...values.keys()].find((value) => value === '' || !Number.isFinite(Number(value))) ?? '';
  return new DropsweepError('DATA_INVALID', 'labels of a regression are numbers', {
    where: `${place}, column ${name}`,
    got,
    expected: 'a number in each row',
    fix: 'name another column with --label, or leave out --task',
  });
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

function demand(place: string, columns: readonly string[], name: string | undefined): void {
  if (name === undefined || columns.includes(name)) return;
  throw new DropsweepError('DATA_INVALID', `there is no column ${name}${didYouMean(name, columns)}`, {
    where: place,
    got: columns.join(', '),
    expected: `a column ${name}`,
    fix: 'name one of the columns that are there',
  });
}
