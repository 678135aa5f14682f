import type { Json } from '../../base/canonical-json.ts';
import { hiddenColumn } from '../../report/hidden-column.ts';
import type { ReportColumn } from '../../report/report-column.ts';

type Record = Readonly<{ [name: string]: Json }>;

/** A column for each member of records that have the same ones. */
export function recordColumns([first]: readonly Record[]): readonly ReportColumn<Record>[] {
  return Object.keys(first ?? {}).map((name) => hiddenColumn<Record>(name, (record) => record[name] ?? null));
}
