import { formatOf } from '../sweep/file/file-format.ts';
import { partOf } from '../sweep/file/column-parts.ts';
import { cellAt } from './files/cell-at.ts';
import { dataInvalid, demandStorable, type RawRow } from './raw-row.ts';
import type { Table, TableFormat } from './files/table.ts';

export interface UnlabelledFile {
  readonly path: string;
  /** Absent: as the file's name tells. */
  readonly format?: string;
  /** Where the name tells nothing either. */
  readonly otherwise?: string;
  readonly encoding?: string;
  /** Names of the columns of a file that has no header line. */
  readonly header?: readonly string[];
}

/** Columns that rows are to have, by the names that their task has for them. */
export interface WantedColumns {
  /** Names that a file may have for each, the likeliest first. */
  readonly named: Readonly<Record<string, readonly string[]>>;
  /** Those that rows may lack. */
  readonly lack: readonly string[];
}

/**
 * Rows of which predictions alone are wanted: a file of any format that the task's rows may come in.
 * @throws DropsweepError DATA_INVALID with file:line
 */
export async function readUnlabelled(
  { path, format: named, otherwise, ...request }: UnlabelledFile,
  formats: readonly TableFormat[],
  columns: WantedColumns,
): Promise<readonly RawRow[]> {
  const called = (wanted: string | undefined) => formats.find(({ name }) => name === wanted);
  const format = called(named) ?? formatOf(path, formats) ?? called(otherwise);
  if (format === undefined) {
    throw dataInvalid(path, 'the name of a data file does not tell its format', {
      expected: `a name that ends in one of ${[...new Set(formats.map(({ extension }) => extension))].join(', ')}`,
      fix: 'set --input-format',
    });
  }
  const table = await format.read(path, request);
  const found = columnsOf(path, table, columns);
  return table.records.map(({ cells, where }) => {
    const own = Object.entries(found).map(([name, column]) => [name, cellAt(cells, column)] as const);
    const row = { cells: Object.fromEntries(own.filter(([, value]) => value !== undefined)), columns: found, where };
    demandStorable(row);
    return row;
  });
}

function columnsOf(path: string, table: Table, { named, lack }: WantedColumns): Readonly<Record<string, string>> {
  const isThere = (column: string): boolean =>
    table.columns.includes(column) || table.records.some(({ cells }) => cellAt(cells, column) !== undefined);
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, candidates]) => {
      const column = candidates.find(isThere);
      if (column !== undefined) return [[name, column] as const];
      if (lack.some((lacked) => name === lacked || partOf(name, lacked) !== null)) return [];
      throw dataInvalid(path, `the rows have no ${name}`, {
        got: table.columns.join(', '),
        expected: `a column ${[...new Set(candidates)].join(' or ')}`,
        fix: `name it: --column ${name}=COLUMN`,
      });
    }),
  );
}
