import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constrainedOrder } from '../../src/search/estimates/constrained-order.ts';
import { makeSampler } from '../../src/search/samplers/samplers.ts';
import type { SampledTrial } from '../../src/search/sampler.ts';
import { frontOrder } from '../../src/stats/non-dominated-ranks.ts';

describe('constraint domination', () => {
  it('puts every point that can be trained before every one that cannot, and leaves the order of either', () => {
    const values = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(fc.array(fc.option(values), { maxLength: 20 }), (points) => {
        const order = constrainedOrder(points);
        expect(order.toSorted((a, b) => a - b)).toEqual(points.map((_, index) => index));
        const feasible = points.flatMap((point) => (point === null ? [] : [point]));
        expect(order.map((index) => points[index] ?? null)).toEqual([
          ...frontOrder(feasible).map((index) => feasible[index]),
          ...points.filter((point) => point === null),
        ]);
      }),
    );
  });

  const sampler = makeSampler({
    space: { x: [0, 1], y: [0, 1] },
    scales: { x: 'linear', y: 'linear' },
    search: { kind: 'nsga2', trials: 400, seed: 3, population: 4 },
  });

  /** How often points that can be trained, and those that cannot, are parents of a child. */
  function parents(feasible: number): { readonly good: number; readonly bad: number } {
    const trials = Array.from({ length: 12 }, (_, at): SampledTrial => {
      const point = { x: at / 12, y: 1 - at / 12 };
      const isGood = at >= 12 - feasible;
      return isGood
        ? { point, state: 'done', value: at, further: [-at], rung: 0 }
        : { point, state: 'infeasible', value: null, rung: null };
    });
    const counts = { good: 0, bad: 0 };
    for (let number = 12; number < 212; number += 1) {
      if (sampler.independent) throw new Error('it adapts');
      const { reason } = sampler.suggest(number, { trials, accepts: () => true });
      const [, first = '', second = ''] = /child of points (\d+) and (\d+)/.exec(reason) ?? [];
      for (const name of [first, second].filter((each) => each !== ''))
        counts[Number(name) > 12 - feasible ? 'good' : 'bad'] += 1;
    }
    return counts;
  }

  it('decides who has children: with enough that can be trained no other, with fewer those less often than chance', () => {
    expect(parents(4).bad).toBe(0);
    const { good, bad } = parents(2);
    expect(bad).toBeGreaterThan(0);
    // Two of four are drawn, and one that can be trained wins: an other is parent in a quarter of cases.
    expect(bad / (good + bad)).toBeLessThan(0.4);
    expect(parents(0)).toEqual({ good: 0, bad: 0 });
  });
});
