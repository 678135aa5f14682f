import { assertNever } from '../../base/assert-never.ts';
import { wrapWords } from '../../base/wrap-words.ts';
import type { Json } from '../../base/canonical-json.ts';
import type { ReportColumn } from './report-column.ts';
import { textTable } from './text-table.ts';

export type ReportFormat = 'table' | 'json' | 'csv';

export interface Report<Row> {
  readonly columns: readonly ReportColumn<Row>[];
  readonly rows: readonly Row[];
  /** Facts about all rows: members of the JSON object beside `rows`. */
  readonly facts: Readonly<Record<string, Json>>;
  /** Sentences above and below the table. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** A report as text that ends with a line break. Tables and the sentences beside them stay within `width`. */
export function renderReport<Row>(report: Report<Row>, format: ReportFormat, width: number): string {
  switch (format) {
    case 'table':
      return renderTable(report, width);
    case 'json':
      return `${JSON.stringify({ ...report.facts, rows: report.rows.map((row) => record(report.columns, row)) }, null, 2)}\n`;
    case 'csv':
      return renderCsv(report);
    default:
      return assertNever(format, 'report format');
  }
}

/** Rows that come bit by bit: JSON lines, or lines of CSV, whose header `csvHeader` is. */
export function renderRows<Row>(
  columns: readonly ReportColumn<Row>[],
  rows: readonly Row[],
  format: Exclude<ReportFormat, 'table'>,
): string {
  const line = (row: Row): string => (format === 'json' ? JSON.stringify(record(columns, row)) : csvLine(columns, row));
  return rows.map((row) => `${line(row)}\n`).join('');
}

/** The JSON of a report, to the letter, of rows that come bit by bit. */
export async function* jsonInTurn<Row>(
  { columns, facts }: Pick<Report<Row>, 'columns' | 'facts'>,
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  const empty = JSON.stringify({ ...facts, rows: [] }, null, 2);
  const end = ']\n}';
  yield empty.slice(0, -end.length);
  let between = '\n    ';
  for await (const rows of batches) {
    let text = '';
    for (const row of rows) {
      text += `${between}${JSON.stringify(record(columns, row), null, 2).replaceAll('\n', '\n    ')}`;
      between = ',\n    ';
    }
    yield text;
  }
  yield `${between.startsWith(',') ? '\n  ' : ''}${end}\n`;
}

export function csvHeader<Row>(columns: readonly ReportColumn<Row>[]): string {
  return `${columns.map(({ name }) => name).join(',')}\n`;
}

function renderTable<Row>({ columns, rows, before, after }: Report<Row>, width: number): string {
  const table = textTable(columns, rows, width);
  const notes = table.dropped.length === 0 ? [] : [`Left out for want of width: ${table.dropped.join(', ')}.`];
  const wrapped = (sentences: readonly string[]): readonly string[] =>
    sentences.flatMap((sentence) => sentence.split('\n').flatMap((line) => wrapWords(line, width)));
  const blocks = [wrapped(before), rows.length === 0 ? ['(none)'] : table.lines, wrapped([...after, ...notes])];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function record<Row>(columns: readonly ReportColumn<Row>[], row: Row): Record<string, Json> {
  return Object.fromEntries(columns.map((column) => [column.name, column.value(row)]));
}

/** RFC 4180, with the line breaks of Unix. */
function renderCsv<Row>({ columns, rows }: Report<Row>): string {
  return csvHeader(columns) + renderRows(columns, rows, 'csv');
}

function csvLine<Row>(columns: readonly ReportColumn<Row>[], row: Row): string {
  return columns.map((column) => csvCell(column.value(row))).join(',');
}

function csvCell(value: Json): string {
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
