import { emptyFile } from './empty-file.ts';
import { demandUniqueColumns } from './demand-unique-columns.ts';
import { fileBytes } from './file-bytes.ts';
import { dataInvalid } from '../raw-row.ts';
import type { Table } from './table.ts';

/**
 * Reads a Parquet file, nested columns as objects and lists.
 * @throws DropsweepError DATA_INVALID with the file
 */
export async function readParquet(path: string): Promise<Table> {
  const bytes = fileBytes(path);
  // What reads Parquet is loaded by those alone who have some.
  const { parquetMetadata, parquetReadObjects, parquetSchema } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const file = Uint8Array.from(bytes).buffer;
  let columns: readonly string[];
  let rows: readonly Readonly<Record<string, unknown>>[];
  try {
    const metadata = parquetMetadata(file);
    columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    rows = await parquetReadObjects({ file, metadata, compressors });
  } catch (error) {
    throw dataInvalid(path, 'a data file cannot be read as Parquet', {
      got: error instanceof Error ? error.message : String(error),
      expected: 'a whole Parquet file',
      fix: 'fetch the file again, or correct task.data.format',
      cause: error,
    });
  }
  demandUniqueColumns(path, columns);
  const records = rows.map((row, index) => ({
    cells: Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])),
    where: `${path}: row ${index + 1}`,
  }));
  if (records.length > 0) return { columns, records };
  throw emptyFile(path, '0 rows', 'rows');
}

/** As JSON has it; a whole number that a double cannot hold is text. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value) || typeof value !== 'object' || value === null) return value ?? undefined;
  return Object.fromEntries(Object.entries(value).map(([name, member]: [string, unknown]) => [name, plain(member)]));
}
