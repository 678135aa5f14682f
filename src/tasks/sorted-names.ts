/** Names in their own order: as numbers where all are numbers, else by code unit. */
export function sortedNames(names: Iterable<string>): readonly string[] {
  const unique = [...new Set(names)];
  return unique.every(isNumeric) ? unique.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1)) : unique.sort();
}

export function isNumeric(name: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(name);
}
