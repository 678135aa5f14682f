import { isDeepStrictEqual } from 'node:util';
import { formatOf } from '../../sweep/file/file-format.ts';
import type { FileSource, Places } from '../../sweep/sweep-definition.ts';
import { cellAt } from './cell-at.ts';
import { filesOf } from './files-of.ts';
import { heldOut } from '../held-out.ts';
import { dataInvalid, type RawDataset, type RawRow } from '../raw-row.ts';
import type { Table, TableFormat } from './table.ts';

/**
 * Rows of a user's own files, of one or several for each split.
 * @param formats that the task's rows may come in
 * @throws DropsweepError DATA_INVALID for a missing column or file
 */
export async function readFiles(source: FileSource, formats: readonly TableFormat[]): Promise<RawDataset> {
  const read = (places: Places): Promise<RawRow[]> => readSplit(source, places, formats);
  const { train: trainPlaces, dev: devPlaces, test, examples } = source;
  const whole = await read(trainPlaces);
  const { train, dev } =
    typeof devPlaces === 'object' && 'fraction' in devPlaces
      ? heldOut(whole, devPlaces)
      : { train: whole, dev: isDeepStrictEqual(devPlaces, trainPlaces) ? whole : await read(devPlaces) };
  return {
    train,
    dev,
    test: test === undefined ? null : await read(test),
    ...(examples === undefined ? {} : { examples: await read(examples) }),
  };
}

async function readSplit(source: FileSource, places: Places, formats: readonly TableFormat[]): Promise<RawRow[]> {
  const rows: RawRow[] = [];
  for (const path of filesOf(places)) {
    const format = formats.find(({ name }) => name === source.format) ?? formatOf(path, formats);
    if (format === undefined) {
      throw dataInvalid(path, 'the name of a data file does not tell its format', {
        expected: `a name that ends in one of ${[...new Set(formats.map(({ extension }) => extension))].join(', ')}`,
        fix: 'set task.data.format',
      });
    }
    for (const row of rowsOf(source, path, await format.read(path, requestOf(source)))) rows.push(row);
  }
  return rows;
}

function requestOf({ encoding, header }: FileSource) {
  return { ...(encoding === undefined ? {} : { encoding }), ...(header === undefined ? {} : { header }) };
}

function rowsOf({ columns, lenient }: FileSource, path: string, table: Table): readonly RawRow[] {
  for (const [field, column] of Object.entries(columns))
    if (lenient?.includes(field) !== true) demandColumn(path, table, field, column);
  return table.records.map(({ cells, where }) => ({
    cells: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, cellAt(cells, column)])),
    columns,
    where,
  }));
}

/** A column has to be there by its name, or by a path into a column that some row has. */
function demandColumn(path: string, { columns, records }: Table, field: string, column: string): void {
  if (columns.includes(column) || records.some(({ cells }) => cellAt(cells, column) !== undefined)) return;
  const quoted = columns.some((name) => /^".*"$/.test(name));
  throw dataInvalid(path, `the column named by task.data.${field} is missing`, {
    got: columns.join(', '),
    expected: `a column ${column}`,
    fix: quoted
      ? 'TSV takes quotation marks as text: write the file without them, or as CSV'
      : `name one of the file's columns in task.data.${field}, a nested one by its path; where the first line is a row, name the columns in task.data.columns`,
  });
}
