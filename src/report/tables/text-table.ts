import stringWidth from 'string-width';
import type { ReportColumn } from './report-column.ts';

export interface TextTable {
  readonly lines: readonly string[];
  /** Headings of columns that did not fit. */
  readonly dropped: readonly string[];
}

const gap = '  ';

/** An aligned table within `width` terminal columns; the least important columns are left out until it fits. */
export function textTable<Row>(columns: readonly ReportColumn<Row>[], rows: readonly Row[], width: number): TextTable {
  let shown = columns.flatMap((column) => (column.heading === null ? [] : [measure(column, column.heading, rows)]));
  const dropped: string[] = [];
  while (totalWidth(shown) > width) {
    const worst = Math.max(...shown.map(({ column }) => column.importance));
    if (worst <= 0 || shown.length === 1) break;
    const index = shown.findLastIndex(({ column }) => column.importance === worst);
    dropped.push(...shown.slice(index, index + 1).map(({ heading }) => heading));
    shown = shown.filter((_, position) => position !== index);
  }
  const line = (cells: readonly string[]): string => cells.join(gap).trimEnd();
  const heading = line(shown.map((column) => padded(column, column.heading)));
  const body = rows.map((_, row) => line(shown.map((column) => padded(column, column.cells[row] ?? ''))));
  return { lines: [heading, ...body], dropped };
}

interface MeasuredColumn<Row> {
  readonly column: ReportColumn<Row>;
  readonly heading: string;
  readonly cells: readonly string[];
  readonly width: number;
}

function measure<Row>(column: ReportColumn<Row>, heading: string, rows: readonly Row[]): MeasuredColumn<Row> {
  const cells = rows.map((row) => column.text(row));
  const width = cells.reduce((most, cell) => Math.max(most, stringWidth(cell)), stringWidth(heading));
  return { column, heading, cells, width };
}

function totalWidth<Row>(columns: readonly MeasuredColumn<Row>[]): number {
  return columns.reduce((sum, { width }) => sum + width + gap.length, -gap.length);
}

function padded<Row>({ column, width }: MeasuredColumn<Row>, text: string): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return column.align === 'left' ? text + space : space + text;
}
