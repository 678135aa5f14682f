/**
 * Where each row of a split is, for errors: its file and line, and its number among the rows that are read of the split.
 * @param places file:line of each; empty: not known
 */
export function rowPlaces(split: string, places: readonly string[] = []): (row: number) => string {
  return (row) => {
    const number = `row ${row + 1} of ${split}`;
    const place = places[row];
    return place === undefined ? number : `${place} (${number})`;
  };
}
