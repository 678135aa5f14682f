/** Lengths that batches are padded to: with the one shape of a last, smaller batch they make at most 11 shapes. */
export const BUCKET_LIMIT = 10;

/**
 * At most `limit` lengths, ascending, such that padding each row to the next of them adds the fewest tokens: the
 * exact optimum over the rows' lengths, by dynamic programming. The last is the longest row's.
 * @param lengths tokens of each row
 */
export function lengthBuckets(lengths: readonly number[], limit: number = BUCKET_LIMIT): number[] {
  const counts = new Map<number, number>();
  for (const length of lengths) counts.set(length, (counts.get(length) ?? 0) + 1);
  const distinct = [...counts.keys()].sort((a, b) => a - b);
  const rowsUpTo = [0];
  for (const length of distinct) rowsUpTo.push((rowsUpTo.at(-1) ?? 0) + (counts.get(length) ?? 0));
  // cost[end] = tokens of the rows of the first `end` distinct lengths with the buckets so far; one bucket to begin.
  let cost = distinct.map((length, i) => length * (rowsUpTo[i + 1] ?? 0));
  cost.unshift(0);
  const choices: number[][] = [];
  for (let bucket = 2; bucket <= Math.min(limit, distinct.length); bucket += 1) {
    const step = addBucket(distinct, rowsUpTo, cost);
    cost = step.cost;
    choices.push(step.previous);
  }
  const buckets: number[] = [];
  let end = distinct.length;
  for (const previous of [...choices].reverse()) {
    buckets.push(distinct[end - 1] ?? 0);
    end = previous[end] ?? 0;
    if (end === 0) break;
  }
  if (end > 0) buckets.push(distinct[end - 1] ?? 0);
  return buckets.reverse();
}

/** For each end, the best start of one more bucket that holds the distinct lengths start … end − 1. */
function addBucket(
  distinct: readonly number[],
  rowsUpTo: readonly number[],
  cost: readonly number[],
): { cost: number[]; previous: number[] } {
  const next = [0];
  const previous = [0];
  for (let end = 1; end <= distinct.length; end += 1) {
    let best = Number.POSITIVE_INFINITY;
    let bestStart = 0;
    for (let start = 0; start < end; start += 1) {
      const rows = (rowsUpTo[end] ?? 0) - (rowsUpTo[start] ?? 0);
      const tokens = (cost[start] ?? 0) + rows * (distinct[end - 1] ?? 0);
      if (tokens < best) {
        best = tokens;
        bestStart = start;
      }
    }
    next.push(best);
    previous.push(bestStart);
  }
  return { cost: next, previous };
}

/** The smallest bucket that holds `length` tokens; `length` itself where none does. */
export function bucketOf(buckets: readonly number[], length: number): number {
  return buckets.find((bucket) => bucket >= length) ?? length;
}
