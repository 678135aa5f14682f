import { isRecord } from './read-json-value.ts';

/** The cell of a column, or what a path such as `answers.text.0` leads to; undefined where it leads nowhere. */
export function cellAt(cells: Readonly<Record<string, unknown>>, column: string): unknown {
  if (Object.hasOwn(cells, column)) return cells[column];
  return column.split('.').reduce<unknown>(memberOf, cells);
}

function memberOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(name) ? value[Number(name)] : undefined;
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
