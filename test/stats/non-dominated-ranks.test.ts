import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crowdingDistances, dominates, frontOrder, nonDominatedRanks } from '../../src/stats/non-dominated-ranks.ts';

describe('non-dominated ranks', () => {
  it.each([1, 2, 3, 4])(
    'are the fronts that are left when those before are taken away, with %i objectives',
    (count) => {
      const points = fc.array(fc.array(fc.nat({ max: 4 }), { minLength: count, maxLength: count }), { maxLength: 30 });
      fc.assert(
        fc.property(points, (drawn) => {
          const ranks = nonDominatedRanks(drawn);
          let left = drawn.map((_, index) => index);
          for (let rank = 0; left.length > 0; rank += 1) {
            const front = left.filter((one) => !left.some((other) => dominates(drawn[other] ?? [], drawn[one] ?? [])));
            expect(front.every((index) => ranks[index] === rank)).toBe(true);
            left = left.filter((index) => !front.includes(index));
          }
        }),
      );
    },
  );

  it('put the loneliest of a front first, its ends before all', () => {
    const front = [
      [0, 10],
      [1, 9],
      [2, 8],
      [6, 4],
      [10, 0],
    ];
    expect(crowdingDistances(front)).toEqual([Number.POSITIVE_INFINITY, 0.4, 1, 1.6, Number.POSITIVE_INFINITY]);
    expect(frontOrder([...front, [0, 0]])).toEqual([0, 4, 3, 2, 1, 5]);
  });
});
