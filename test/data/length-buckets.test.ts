import { expect, test } from 'vitest';
import { bucketOf, lengthBuckets } from '../../src/data/batches/length-buckets.ts';
import { stream } from '../../src/random/stream.ts';

const tokensWith = (lengths: readonly number[], buckets: readonly number[]): number =>
  lengths.reduce((sum, length) => sum + bucketOf(buckets, length), 0);

/** Every choice of `count` of the distinct lengths that holds the longest. */
function choices(distinct: readonly number[], count: number): number[][] {
  const longest = distinct.at(-1) ?? 0;
  const pick = (from: readonly number[], left: number): number[][] =>
    left === 0 ? [[]] : from.flatMap((value, i) => pick(from.slice(i + 1), left - 1).map((rest) => [value, ...rest]));
  return pick(distinct.slice(0, -1), count - 1).map((chosen) => [...chosen, longest]);
}

test('buckets add the fewest tokens of all choices of as many lengths', () => {
  const lengths = Array.from(stream(2, 'lengths').integers(60, 9), (extra) => 5 + extra ** 2);
  const distinct = [...new Set(lengths)].sort((a, b) => a - b);
  for (const limit of [1, 2, 3, 4]) {
    const buckets = lengthBuckets(lengths, limit);
    expect(buckets).toHaveLength(limit);
    const fewest = Math.min(...choices(distinct, limit).map((choice) => tokensWith(lengths, choice)));
    expect(tokensWith(lengths, buckets)).toBe(fewest);
  }
});

test('fewer lengths than buckets are all kept, and a longer row than any is its own bucket', () => {
  expect(lengthBuckets([7, 3, 7], 5)).toEqual([3, 7]);
  expect(bucketOf([3, 7], 4)).toBe(7);
  expect(bucketOf([3, 7], 9)).toBe(9);
});
