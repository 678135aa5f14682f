import type { ReportColumn } from './report-column.ts';

/** A column for programs alone. */
export function hiddenColumn<Row>(name: string, value: ReportColumn<Row>['value']): ReportColumn<Row> {
  return { name, heading: null, align: 'left', importance: 9, text: () => '', value };
}
