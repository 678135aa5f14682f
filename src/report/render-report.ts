import { assertNever } from '../base/assert-never.ts';
import type { Json } from '../base/canonical-json.ts';
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

/** A report as text that ends with a line break. Tables stay within `width`. */
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

function renderTable<Row>({ columns, rows, before, after }: Report<Row>, width: number): string {
  const table = textTable(columns, rows, width);
  const notes = table.dropped.length === 0 ? [] : [`Left out for want of width: ${table.dropped.join(', ')}.`];
  const blocks = [before, rows.length === 0 ? ['(none)'] : table.lines, [...after, ...notes]];
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
  const lines = rows.map((row) => columns.map((column) => csvCell(column.value(row))).join(','));
  return `${[columns.map(({ name }) => name).join(','), ...lines].join('\n')}\n`;
}

function csvCell(value: Json): string {
  if (value === null) return '';
  const text = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
