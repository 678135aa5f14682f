/** The numbers of the rows of a batch that is a whole set, in its order. */
export function samplesInOrder(rows: number): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, row) => row);
}
