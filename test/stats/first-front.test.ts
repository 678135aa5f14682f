import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstFront } from '../../src/stats/first-front.ts';
import { dominates, type Objectives } from '../../src/stats/non-dominated-ranks.ts';
import { stream } from '../../src/random/stream.ts';

/** Each held against each. */
function plainFront(points: readonly Objectives[]): readonly number[] {
  return points.flatMap((point, index) => (points.some((other) => dominates(other, point)) ? [] : [index]));
}

/** How often a value is looked at. */
function readsOf(points: readonly Objectives[]): number {
  let reads = 0;
  const counted = points.map(
    (point) =>
      new Proxy(point, {
        get: (values, name, receiver): unknown => {
          if (typeof name === 'string' && /^\d+$/.test(name)) reads += 1;
          return Reflect.get(values, name, receiver);
        },
      }),
  );
  firstFront(counted);
  return reads;
}

describe('the first front', () => {
  it.each([1, 2, 3, 4, 5])('is that of holding each against each, with %i objectives, ties and infinities', (count) => {
    const value = fc.oneof(fc.nat({ max: 4 }), fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY));
    const points = fc.array(fc.array(value, { minLength: count, maxLength: count }), { maxLength: 40 });
    fc.assert(
      fc.property(points, (drawn) => {
        expect(firstFront(drawn)).toEqual(plainFront(drawn));
      }),
      { numRuns: 300 },
    );
  });

  it.each([2, 3])(
    'of %i objectives looks at O(n log n) values, where all points are on it and where few are',
    (count) => {
      // On a sphere nobody dominates anybody; in a cube few are on the front.
      const drawn = (points: number, onSphere: boolean): readonly Objectives[] =>
        Array.from({ length: points }, (_, index) => {
          const values = [...stream(1, 'front', index).uniforms(count)].map((each) => each + 1e-9);
          const length = onSphere ? Math.hypot(...values) : 1;
          return values.map((each) => each / length);
        });
      for (const onSphere of [true, false]) {
        const [small, large] = [1_000, 8_000].map(
          (points) => readsOf(drawn(points, onSphere)) / (points * Math.log2(points)),
        );
        // A square would grow by 6.15 from 1,000 to 8,000 here.
        expect((large ?? 0) / (small ?? 1)).toBeLessThan(1.5);
        expect(large).toBeLessThan(12);
      }
    },
  );
});
