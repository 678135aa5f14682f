import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FrontLevels } from '../../src/stats/front-levels.ts';
import { nonDominatedRanks } from '../../src/stats/non-dominated-ranks.ts';

it('has every point on the front that sorting all of them gives it, whichever came first', () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(Number.NEGATIVE_INFINITY));
  const points = (objectives: number) =>
    fc.array(fc.array(value, { minLength: objectives, maxLength: objectives }), { maxLength: 40 });
  fc.assert(
    fc.property(fc.oneof(points(2), points(3), points(4)), fc.nat({ max: 20 }), (drawn, known) => {
      const levels = new FrontLevels(drawn.slice(0, known));
      for (const point of drawn.slice(known)) levels.add(point);
      const ranks = nonDominatedRanks(drawn);
      expect(drawn.map((_, index) => levels.levelOf(index))).toEqual(ranks);
      expect(
        levels.levels
          .flatMap((level, rank) => level.map((index) => [index, rank]))
          .sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0)),
      ).toEqual(ranks.map((rank, index) => [index, rank]));
    }),
    { numRuns: 400 },
  );
});
