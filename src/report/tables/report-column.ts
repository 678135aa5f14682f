import type { Json } from '../../base/canonical-json.ts';

/** One column of a report, for people and for programs. */
export interface ReportColumn<Row> {
  /** snake_case, for CSV and JSON. */
  readonly name: string;
  /** Above the column in a table. Null: not shown in tables. */
  readonly heading: string | null;
  readonly align: 'left' | 'right';
  /** 0 is never dropped; of the others the greatest goes first where a table is too wide. */
  readonly importance: number;
  text(row: Row): string;
  /** Its part of a configuration's name; absent: the heading and the text. */
  said?(row: Row): string;
  value(row: Row): Json;
}

/** A column of whole numbers that is called as the member of a row that holds them. */
export function countColumn<Name extends string>(
  name: Name,
  importance: number,
): ReportColumn<Readonly<Record<Name, number>>> {
  return {
    name,
    heading: name,
    align: 'right',
    importance,
    text: (row) => String(row[name]),
    value: (row) => row[name],
  };
}
