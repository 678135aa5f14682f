import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PashaRanking } from '../../src/search/schedulers/pasha-ranking.ts';

/** By comparing all pairs: the places of the two topmost rungs, but for what noise may swap. */
function isAlike(curves: ReadonlyMap<number, readonly number[]>, top: number, noise: number | null): boolean {
  const there = [...curves].flatMap(([ordinal, curve]) =>
    curve.length > top ? [{ ordinal, curve: curve.slice(0, top + 1) }] : [],
  );
  const apart: number[] = [];
  there.forEach(({ curve }, index) => {
    for (const other of there.slice(index + 1)) {
      const signs = curve
        .map((value, rung) => Math.sign(value - (other.curve[rung] ?? 0)))
        .filter((sign) => sign !== 0);
      const swaps = signs.filter((sign, place) => place > 0 && sign !== signs[place - 1]).length;
      if (swaps >= 2) apart.push(Math.abs((curve[top] ?? 0) - (other.curve[top] ?? 0)));
    }
  });
  apart.sort((a, b) => a - b);
  const seen = noise ?? apart[Math.max(0, Math.ceil(0.9 * apart.length) - 1)] ?? 0;
  const order = (rung: number) =>
    there.toSorted((a, b) => (b.curve[rung] ?? 0) - (a.curve[rung] ?? 0) || a.ordinal - b.ordinal);
  const before = order(top - 1);
  return order(top).every(
    ({ curve }, place) => Math.abs((curve[top - 1] ?? 0) - (before[place]?.curve[top - 1] ?? 0)) <= seen,
  );
}

it('tells of the two topmost rungs whether they rank alike, as comparing all pairs does, after each report', () => {
  const curve = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(curve, { maxLength: 16 }),
      fc.constantFrom(1, 2, 3),
      fc.constantFrom(null, 0.5, 2),
      (drawn, top, noise) => {
        const known = new Map<number, readonly number[]>();
        const ranking = new PashaRanking(top, noise, known);
        drawn.forEach((each, index) => {
          const ordinal = (index * 7) % 17;
          known.set(ordinal, each);
          ranking.add(ordinal, each);
          const wanted = isAlike(known, top, noise);
          expect(ranking.isAlike).toBe(wanted);
          expect(new PashaRanking(top, noise, known).isAlike).toBe(wanted);
        });
      },
    ),
    { numRuns: 500 },
  );
});
