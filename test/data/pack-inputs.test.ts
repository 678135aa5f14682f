import { describe, expect, it } from 'vitest';
import { FirstFit } from '../../src/data/batches/first-fit.ts';
import { packInputs } from '../../src/data/batches/pack-inputs.ts';
import { stream } from '../../src/random/stream.ts';

/** First fit as it is said: every bin is looked at, from the first on. */
function firstFit(items: readonly number[], size: number): number[] {
  const left: number[] = [];
  return items.map((item) => {
    const found = left.findIndex((room) => room >= item);
    const bin = found < 0 ? left.push(size) - 1 : found;
    left[bin] = (left[bin] ?? 0) - item;
    return bin;
  });
}

describe('bins', () => {
  it.each([
    ['falling', (items: readonly number[]) => items.toSorted((a, b) => b - a)],
    ['as they come', (items: readonly number[]) => items],
  ])('have the items that looking at one after another gives them: %s', (_, ordered) => {
    for (const [seed, count] of [1, 2, 3, 7, 64, 65, 500].entries()) {
      const items = ordered(Array.from(stream(seed, 'test.first-fit').integers(count, 40), (extra) => 1 + extra));
      const bins = new FirstFit(items.length, 50);
      expect(items.map((item) => bins.place(item))).toEqual(firstFit(items, 50));
    }
  });

  it('leave what is larger than one alone', () => {
    const items = [60, 50, 30, 20, 55, 1];
    const bins = new FirstFit(items.length, 50);
    expect(items.map((item) => bins.place(item))).toEqual(firstFit(items, 50));
  });
});

it('inputs that stand together are the longest first, each where it is the first to fit', () => {
  const input = (tokens: number, row: number) => ({
    ids: new Int32Array(tokens).fill(row),
    typeIds: new Uint8Array(tokens),
    labels: Array.from({ length: tokens }, () => row),
    row,
  });
  const packed = packInputs([3, 9, 4, 6, 3].map(input), 10);
  expect(packed.map(({ row, texts }) => [row, texts])).toEqual([
    [1, [9]],
    [3, [6, 4]],
    [0, [3, 3]],
  ]);
  expect(packed[1]?.labels).toEqual([-100, 3, 3, 3, 3, 3, -100, 2, 2, 2]);
});
