import { assertNever } from '../../base/assert-never.ts';
import { writeParquet } from '../../formats/write-parquet.ts';
import { csvHeader, jsonInTurn, type Report, renderRows } from './render-report.ts';

/** Formats that a table may be written in; `json` holds facts about all rows too. */
export const tableFileFormats = ['csv', 'json', 'jsonl', 'parquet'] as const;
export type TableFileFormat = (typeof tableFileFormats)[number];

/** A table whose rows come by and by: they are never all in memory. */
export interface TableInTurn<Row> extends Pick<Report<Row>, 'columns' | 'facts'> {
  /** All rows from the first on, some at a time. */
  rows(): AsyncIterable<readonly Row[]>;
}

/** A table for programs, as it comes: text, or bytes of Parquet. */
export async function* tableFile<Row>(
  table: TableInTurn<Row>,
  format: TableFileFormat,
): AsyncGenerator<string | Uint8Array> {
  const { columns } = table;
  switch (format) {
    case 'csv':
      yield csvHeader(columns);
      for await (const rows of table.rows()) yield renderRows(columns, rows, 'csv');
      return;
    case 'jsonl':
      for await (const rows of table.rows()) yield renderRows(columns, rows, 'json');
      return;
    case 'json':
      yield* jsonInTurn(table, table.rows());
      return;
    case 'parquet':
      yield* writeParquet(
        columns.map(({ name }) => name),
        async function* () {
          for await (const rows of table.rows()) yield columns.map((column) => rows.map((row) => column.value(row)));
        },
      );
      return;
    default:
      assertNever(format, 'table format');
  }
}

/** A table whose rows are here. */
export function tableOf<Row>({
  columns,
  facts,
  rows,
}: Pick<Report<Row>, 'columns' | 'facts' | 'rows'>): TableInTurn<Row> {
  return {
    columns,
    facts,
    async *rows() {
      yield rows;
    },
  };
}

/** The format that a file's name tells; null where it tells none. */
export function tableFormatOf(path: string): TableFileFormat | null {
  return tableFileFormats.find((format) => path.toLowerCase().endsWith(`.${format}`)) ?? null;
}
