import { assertNever } from '../base/assert-never.ts';
import { writeParquet } from '../formats/write-parquet.ts';
import { type Report, renderReport, renderRows } from './render-report.ts';

/** Formats that a table may be written in; `json` holds facts about all rows too. */
export const tableFileFormats = ['csv', 'json', 'jsonl', 'parquet'] as const;
export type TableFileFormat = (typeof tableFileFormats)[number];

type Table<Row> = Pick<Report<Row>, 'columns' | 'rows' | 'facts'>;

/** A table for programs: text, or of Parquet bytes. */
export async function tableFile<Row>(table: Table<Row>, format: TableFileFormat): Promise<string | Uint8Array> {
  switch (format) {
    case 'csv':
    case 'json':
      return renderReport({ ...table, before: [], after: [] }, format, 0);
    case 'jsonl':
      return renderRows(table.columns, table.rows, 'json');
    case 'parquet':
      return writeParquet(
        table.columns.map((column) => ({ name: column.name, values: table.rows.map((row) => column.value(row)) })),
      );
    default:
      return assertNever(format, 'table format');
  }
}

/** The format that a file's name tells; null where it tells none. */
export function tableFormatOf(path: string): TableFileFormat | null {
  return tableFileFormats.find((format) => path.toLowerCase().endsWith(`.${format}`)) ?? null;
}
