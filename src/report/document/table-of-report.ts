import type { Report } from '../tables/render-report.ts';
import type { Cell, Table } from './document.ts';

/** The columns of a report that tables show, as a document's table. */
export function tableOfReport<Row>(
  { columns, rows }: Pick<Report<Row>, 'columns' | 'rows'>,
  words: Pick<Table, 'name' | 'caption' | 'notes' | 'searchable'>,
): Table {
  const shown = columns.flatMap((column) => (column.heading === null ? [] : [{ ...column, heading: column.heading }]));
  return {
    kind: 'table',
    ...words,
    columns: shown.map(({ name, heading, align }) => ({ name, heading, align })),
    rows: rows.map((row) => shown.map((column): Cell => ({ text: column.text(row), value: column.value(row) }))),
  };
}
