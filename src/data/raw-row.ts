import { DropsweepError, type ErrorFacts } from '../base/errors.ts';

/** A row as a source holds it, before its task looked at it. */
export interface RawRow {
  /** By the names that the task has for its columns. */
  readonly cells: Readonly<Record<string, unknown>>;
  /** The source's names of columns, where they are others. */
  readonly columns?: Readonly<Record<string, string>>;
  /** file:line, for errors. */
  readonly where: string;
  /** Whether a text may have nothing to be seen, as those of a benchmark that is taken as it is. */
  readonly mayBeBlank?: boolean;
}

/** The splits of one source. `labels`: the source's own label names in the order of the logits, where it has them. */
export interface RawDataset {
  readonly train: readonly RawRow[];
  readonly dev: readonly RawRow[];
  readonly test: readonly RawRow[] | null;
  /** Rows that others are shown with; absent: the source names none. */
  readonly examples?: readonly RawRow[];
  readonly labels?: readonly string[];
  /** Notes on what was done about rows, in sentences. */
  readonly notes?: readonly string[];
}

/** @throws DATA_INVALID where the cell holds no text */
export function readText({ cells, columns, where, mayBeBlank }: RawRow, column: string): string {
  const value = cells[column];
  if (typeof value === 'string' && (mayBeBlank === true || !isBlank(value))) return value;
  throw dataInvalid(where, `a row has no text in ${columns?.[column] ?? column}`, {
    got: typeof value === 'string' ? unseenCharacters(value) : (value ?? 'nothing'),
    expected: 'text that is not blank',
    fix: 'fill in the text or take the row out',
  });
}

/** The name of a class, or a number, as text. @throws DATA_INVALID where the cell holds neither, such as NaN */
export function readLabel(row: RawRow, column: string): string {
  const { cells, columns, where } = row;
  const value = cells[column];
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  if (typeof value === 'string' && !isBlank(value)) return plainLabel(value.trim(), row, column);
  throw dataInvalid(where, `a row has no label in ${columns?.[column] ?? column}`, {
    got: typeof value === 'number' ? String(value) : (value ?? 'nothing'),
    expected: 'a label name or a number',
    fix: 'fill in the label or take the row out',
  });
}

/**
 * A label that can be shown: one with line breaks, tabs or what else steers a terminal was read at the wrong place.
 * @throws DATA_INVALID where it has a control character
 */
export function plainLabel(label: string, { columns, where }: RawRow, column: string): string {
  const control = /\p{Cc}/u.exec(label)?.[0].charCodeAt(0);
  if (control === undefined) return label;
  throw dataInvalid(where, `a row has a control character in ${columns?.[column] ?? column}`, {
    got: `U+${control.toString(16).toUpperCase().padStart(4, '0')} in ${JSON.stringify(label).slice(0, 80)}`,
    expected: 'a label of one line that can be shown',
    fix: 'take the character out, or name another column',
  });
}

/** Whether nothing of a text would be seen: white space, and characters without a shape. */
export function isBlank(text: string): boolean {
  return /^[\s\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800]*$/u.test(text);
}

function unseenCharacters(text: string): string {
  const points = Array.from(text.trim(), (character) => character.codePointAt(0) ?? 0);
  if (points.length === 0) return 'white space alone';
  return `characters that are not seen: ${points.map((point) => `U+${point.toString(16).toUpperCase()}`).join(' ')}`;
}

/**
 * Refuses text that neither the database nor a tokenizer can hold: NUL, and halves of a surrogate pair.
 * @throws DATA_INVALID with the row's place
 */
export function demandStorable({ cells, columns, where }: RawRow): void {
  for (const [name, value] of Object.entries(cells)) {
    const found = unstorable(value);
    if (found === null) continue;
    throw dataInvalid(where, `a row has a character in ${columns?.[name] ?? name} that cannot be stored`, {
      got: found,
      expected: 'Unicode text without NUL',
      fix: 'take the character out',
    });
  }
}

function unstorable(value: unknown): string | null {
  if (typeof value === 'string') {
    if (value.includes('\0')) return 'U+0000 (NUL)';
    const half = /\p{Surrogate}/u.exec(value)?.[0].charCodeAt(0);
    return half === undefined ? null : `U+${half.toString(16).toUpperCase()} (half of a surrogate pair)`;
  }
  if (typeof value !== 'object' || value === null) return null;
  return Object.values(value).reduce<string | null>((found, part: unknown) => found ?? unstorable(part), null);
}

/** Nothing of data is refused without what would be right and a way out; the place is told apart. */
type DataFacts = Omit<ErrorFacts, 'where'> & Required<Pick<ErrorFacts, 'expected' | 'fix'>>;

export function dataInvalid(where: string, what: string, facts: DataFacts): DropsweepError {
  return new DropsweepError('DATA_INVALID', what, { where, ...facts });
}
