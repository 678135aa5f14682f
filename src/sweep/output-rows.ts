/**
 * A model's outputs for each input, in one buffer: row i is values[offsets[i]] up to values[offsets[i + 1]]. Rows may
 * differ in length; what the numbers mean, their task alone knows.
 */
export interface OutputRows<Values extends Float32Array | Float64Array = Float32Array> {
  readonly values: Values;
  /** One more than there are rows. */
  readonly offsets: Uint32Array;
}

/** @param lengths of each row */
export function rowOffsets(lengths: readonly number[]): Uint32Array {
  const offsets = new Uint32Array(lengths.length + 1);
  for (const [row, length] of lengths.entries()) offsets[row + 1] = (offsets[row] ?? 0) + length;
  return offsets;
}

/** Rows of one length each. */
export function equalRows<Values extends Float32Array | Float64Array>(
  values: Values,
  rows: number,
): OutputRows<Values> {
  const length = values.length / rows;
  if (rows > 0 && !Number.isInteger(length))
    throw new RangeError(`${values.length} numbers make no ${rows} equal rows`);
  return { values, offsets: rowOffsets(Array.from({ length: rows }, () => length)) };
}

export function rowCount({ offsets }: Pick<OutputRows, 'offsets'>): number {
  return offsets.length - 1;
}

/** Whether two sets have rows of the same lengths. */
export function sameOffsets(a: Pick<OutputRows, 'offsets'>, b: Pick<OutputRows, 'offsets'>): boolean {
  return a.offsets.length === b.offsets.length && a.offsets.every((offset, row) => offset === b.offsets[row]);
}
