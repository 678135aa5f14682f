/**
 * Rows of a matrix, or elements of a vector, in another order.
 * @param rows for each row of the result, which of the data's it is
 */
export function rowsInOrder(data: Float32Array, rows: readonly number[]): Float32Array {
  const size = data.length / rows.length;
  const ordered = new Float32Array(data.length);
  rows.forEach((row, index) => ordered.set(data.subarray(row * size, (row + 1) * size), index * size));
  return ordered;
}
