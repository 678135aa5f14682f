/** Floats that onnxruntime's reductions add up at once; where they begin depends on the address of a row. */
export const vectorElements = 4;

/**
 * Whether a batch keeps its bits in a pack: each member's rows begin at a whole vector. Where not, the members run in
 * turn.
 */
export function batchIsPackable(rows: number, tokens: number): boolean {
  return rows % vectorElements === 0 || tokens % vectorElements === 0;
}

/**
 * Whether products keep their bits: where a product has more columns than rows, onnxruntime cuts the columns among its
 * threads, and with 64 columns or fewer each it adds up longer stretches at once. A pack has more rows.
 * @param columns the fewest in- or out-features of an adapted linear @param threads of the slot
 */
export function columnsArePackable(columns: number, threads: number): boolean {
  return threads === 1 || columns > 64 * threads + 16;
}
