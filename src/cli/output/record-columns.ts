import type { Json } from '../../base/canonical-json.ts';
import { formatNumber } from '../../metrics/values/format-number.ts';
import { hiddenColumn } from '../../report/tables/hidden-column.ts';
import { renderReport } from '../../report/tables/render-report.ts';
import type { ReportColumn } from '../../report/tables/report-column.ts';

type Record = Readonly<{ [name: string]: Json }>;

/** A column for each member of records that have the same ones. */
export function recordColumns([first]: readonly Record[]): readonly ReportColumn<Record>[] {
  return Object.keys(first ?? {}).map((name) => hiddenColumn<Record>(name, (record) => record[name] ?? null));
}

/** Records as a table for people: of those whose width is not enough the last single values go first; lists are not shown. */
export function recordTable(records: readonly Record[], width: number): string {
  const isSingle = (name: string) => records.every((record) => typeof (record[name] ?? '') !== 'object');
  const columns = recordColumns(records)
    .filter(({ name }) => isSingle(name))
    .map((column, index) => shownColumn(column, records, index));
  return renderReport({ columns, rows: records, facts: {}, before: [], after: [] }, 'table', width);
}

function shownColumn(
  column: ReportColumn<Record>,
  records: readonly Record[],
  importance: number,
): ReportColumn<Record> {
  const isNumber = records.every((record) => typeof (column.value(record) ?? 0) === 'number');
  return {
    ...column,
    ...{ heading: column.name, align: isNumber ? 'right' : 'left', importance },
    text: (record) => written(column.value(record)),
  };
}

function written(value: Json): string {
  if (value === null) return '–';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : formatNumber(value);
  return typeof value === 'string' ? value.replaceAll(/\s+/g, ' ') : JSON.stringify(value);
}
