/** A column that a file has in several parts: `label: [toxic, rude]` are `label.toxic` and `label.rude`. */
export function partName(column: string, part: string): string {
  return `${column}.${part}`;
}

/** The part of a column that a name stands for; null where it stands for none of it. */
export function partOf(name: string, column: string): string | null {
  return name.startsWith(`${column}.`) ? name.slice(column.length + 1) : null;
}
