import type { FileSource } from '../sweep/sweep-definition.ts';
import { dataInvalid, type RawDataset, type RawRow } from './raw-row.ts';
import { readJsonLines } from './read-json-lines.ts';
import { readTable, type Table } from './read-table.ts';

/** Reads a file of some format whole. @throws DATA_INVALID with file:line */
export type TableReader = (path: string) => Table;

/** Formats that any task's rows may come in. */
const tableReaders: Readonly<Record<string, TableReader>> = {
  csv: (path) => readTable(path, 'csv'),
  tsv: (path) => readTable(path, 'tsv'),
  jsonl: readJsonLines,
};

/**
 * Rows of a user's own files, one per split.
 * @param ownReaders of formats that the task has for itself
 * @throws DropsweepError DATA_INVALID for a missing column or file
 */
export function readFiles(source: FileSource, ownReaders: Readonly<Record<string, TableReader>>): RawDataset {
  const read = ownReaders[source.format] ?? tableReaders[source.format];
  if (read === undefined) throw new Error(`no reader of ${source.format}`);
  return {
    train: readSplit(source, source.train, read),
    dev: readSplit(source, source.dev, read),
    test: source.test === undefined ? null : readSplit(source, source.test, read),
  };
}

function readSplit({ columns }: FileSource, path: string, read: TableReader): RawRow[] {
  const table = read(path);
  for (const [field, column] of Object.entries(columns)) {
    if (table.columns.includes(column)) continue;
    throw dataInvalid(path, `the column named by task.data.${field} is missing`, {
      got: table.columns.join(', '),
      expected: `a column ${column}`,
      fix: `name one of the file's columns in task.data.${field}`,
    });
  }
  return table.records.map(({ cells, where }) => ({
    cells: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, cells[column]])),
    columns,
    where,
  }));
}
