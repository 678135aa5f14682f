/** Below this share of the mean, deviations from it are what rounding leaves of a constant. */
const ROUNDING = 1e-13;

/** Pearson's correlation; null where either side is constant, up to rounding. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const count = a.length;
  const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / count;
  const meanA = mean(a);
  const meanB = mean(b);
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let i = 0; i < count; i += 1) {
    const da = (a[i] ?? 0) - meanA;
    const db = (b[i] ?? 0) - meanB;
    product += da * db;
    squareA += da * da;
    squareB += db * db;
  }
  const isConstant = (square: number, around: number): boolean => !(Math.sqrt(square) > ROUNDING * Math.abs(around));
  return isConstant(squareA, meanA) || isConstant(squareB, meanB) ? null : product / Math.sqrt(squareA * squareB);
}

/** From 1; ties share their average rank. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const at = (index: number | undefined): number => values[index ?? -1] ?? Number.NaN;
  const order = Array.from({ length: values.length }, (_, i) => i).sort((i, j) => at(i) - at(j));
  const out = new Float64Array(values.length);
  let start = 0;
  while (start < order.length) {
    let end = start + 1;
    while (end < order.length && at(order[end]) === at(order[start])) end += 1;
    for (const index of order.slice(start, end)) out[index] = (start + end + 1) / 2;
    start = end;
  }
  return out;
}
