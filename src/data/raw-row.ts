import { DropsweepError, type ErrorFacts } from '../base/errors.ts';

/** A row as a source holds it, before its task looked at it. */
export interface RawRow {
  /** By the names that the task has for its columns. */
  readonly cells: Readonly<Record<string, unknown>>;
  /** What the source calls a column, where that is something else. */
  readonly columns?: Readonly<Record<string, string>>;
  /** file:line, for errors. */
  readonly where: string;
}

/** The splits of one source. `labels`: the source's own label names in the order of the logits, where it has them. */
export interface RawDataset {
  readonly train: readonly RawRow[];
  readonly dev: readonly RawRow[];
  readonly test: readonly RawRow[] | null;
  readonly labels?: readonly string[];
}

/** @throws DATA_INVALID where the cell holds no text */
export function readText({ cells, columns, where }: RawRow, column: string): string {
  const value = cells[column];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw dataInvalid(where, `a row has no text in ${columns?.[column] ?? column}`, {
    got: value ?? 'nothing',
    expected: 'text that is not blank',
    fix: 'fill in the text or take the row out',
  });
}

/** The name of a class, or a number, as text. @throws DATA_INVALID where the cell holds neither */
export function readLabel({ cells, columns, where }: RawRow, column: string): string {
  const value = cells[column];
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw dataInvalid(where, `a row has no label in ${columns?.[column] ?? column}`, {
    got: value ?? 'nothing',
    expected: 'a label name or a number',
    fix: 'fill in the label or take the row out',
  });
}

export function dataInvalid(where: string, what: string, facts: Omit<ErrorFacts, 'where'>): DropsweepError {
  return new DropsweepError('DATA_INVALID', what, { where, ...facts });
}
