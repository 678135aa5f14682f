import type { RawRow } from '../data/raw-row.ts';
import type { TaskColumn } from '../sweep/file/task-section.ts';
import type { FrozenRow } from '../sweep/vocabulary.ts';

/** The column that names rows, which any task's may have: exported predictions tell it. */
export const rowName: TaskColumn = { name: 'id', optional: true, holds: 'what names the row in exported predictions' };

/** A row with what its source calls it, where that names a column for it and the task has not taken it already. */
export function named(frozen: FrozenRow, { cells }: RawRow): FrozenRow {
  const id = cells[rowName.name];
  const isName = (typeof id === 'string' && id !== '') || typeof id === 'number' || typeof id === 'bigint';
  return isName && frozen[rowName.name] === undefined ? { ...frozen, [rowName.name]: String(id) } : frozen;
}

/** The name of a row that has one. */
export function nameOfRow(row: FrozenRow | undefined): string | null {
  const name = row?.[rowName.name];
  return typeof name === 'string' ? name : null;
}
