import { describe, expect, it, test } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { hierarchicalBootstrap, pairedBootstrap } from '../../src/stats/hierarchical-bootstrap.ts';
import { holm } from '../../src/stats/holm.ts';
import { mcnemarExact } from '../../src/stats/mcnemar.ts';
import { paretoFront } from '../../src/stats/pareto-front.ts';
import type { Repeats } from '../../src/stats/repeats.ts';
import { meanOfRows } from './mean-of-rows.ts';
import { selectionOptimism } from '../../src/stats/selection-optimism.ts';

// statsmodels 0.14: mcnemar([[0, b], [c, 0]], exact=True).pvalue
test.each([
  [0, 0, 1],
  [1, 6, 0.125],
  [12, 25, 0.04703102743951604],
  [40, 41, 1],
  [3, 30, 1.4011748135089874e-6],
])("McNemar's exact test of %i and %i discordant rows agrees with statsmodels", (first, second, expected) => {
  expect(mcnemarExact(first, second)).toBeCloseTo(expected, 10);
  expect(mcnemarExact(second, first)).toBeCloseTo(expected, 10);
});

test("Holm's correction agrees with statsmodels and keeps the order given", () => {
  // multipletests([…], method='holm')[1]
  const corrected = holm([0.01, 0.04, 0.03, 0.005, 0.5, 0.02]);
  for (const [index, expected] of [0.05, 0.09, 0.09, 0.03, 0.5, 0.08].entries()) {
    expect(corrected[index]).toBeCloseTo(expected, 12);
  }
  expect(holm([])).toEqual([]);
});

/** value = effect of the seed + effect of the row + rest, all normal; the truth is 0. */
function crossed(seeds: number, rows: number, spread: { seed: number; row: number; rest: number }, run: number) {
  const ofRows = stream(run, 'test.rows').normals(rows);
  const ofSeeds = stream(run, 'test.seeds').normals(seeds);
  return Array.from({ length: seeds }, (_, seed) => {
    const rest = stream(run, 'test.rest', seed).normals(rows);
    const level = spread.seed * (ofSeeds[seed] ?? Number.NaN);
    return Float64Array.from(
      rest,
      (noise, row) => level + spread.row * (ofRows[row] ?? Number.NaN) + spread.rest * noise,
    );
  });
}

describe('the bootstrap over seeds and rows', () => {
  const simulations = 300;

  // With 300 simulations the share covered has a standard error of 1.3 points around 95 %. Drawing seeds and rows at once
  // counts what they share twice, so that covering more is expected; covering less than 91 % is not.
  it.each([
    [2, { seed: 0.1, row: 1, rest: 1 }],
    [3, { seed: 0.3, row: 0.5, rest: 0.5 }],
    [3, { seed: 0, row: 1, rest: 0.5 }],
    [5, { seed: 0.2, row: 1, rest: 1 }],
    [1, { seed: 0, row: 1, rest: 1 }],
  ])('covers the truth of %i seeds with effects %o about 95 times in 100', (seeds, spread) => {
    let covered = 0;
    for (let run = 0; run < simulations; run += 1) {
      const interval = hierarchicalBootstrap(meanOfRows(crossed(seeds, 60, spread, run)), {
        level: 0.95,
        replicates: 120,
        seed: run,
      });
      if ((interval?.lower ?? Infinity) <= 0 && (interval?.upper ?? -Infinity) >= 0) covered += 1;
    }
    expect(covered / simulations).toBeGreaterThan(0.91);
    expect(covered / simulations).toBeLessThanOrEqual(1);
  });

  it('never says ±0 of two seeds that agree: the rows are a sample', () => {
    const right = Float64Array.from({ length: 100 }, (_, row) => (row < 90 ? 1 : 0));
    const interval = hierarchicalBootstrap(meanOfRows([right, right]));
    expect(interval?.estimate).toBeCloseTo(0.9, 12);
    // A share of 0.9 on 100 rows has a standard error of 0.03; 1,000 replicates know it to a tenth.
    expect(interval?.standardError).toBeGreaterThan(0.025);
    expect(interval?.standardError).toBeLessThan(0.036);
  });

  it('is wide with two seeds that differ, as Student’s interval of one degree of freedom', () => {
    const level = (value: number) => Float64Array.from({ length: 50 }, () => value);
    const interval = hierarchicalBootstrap(meanOfRows([level(0.8), level(0.82)]));
    expect(interval?.degrees).toBeCloseTo(1, 6);
    expect(interval?.upper).toBeCloseTo(0.81 + 12.7062 * 0.01, 3);
  });

  it('gives the same interval for the same draws', () => {
    const values = crossed(3, 40, { seed: 0.2, row: 1, rest: 1 }, 7);
    expect(hierarchicalBootstrap(meanOfRows(values))).toEqual(hierarchicalBootstrap(meanOfRows(values)));
  });

  it('tells a small difference on the same hard rows where the two intervals overlap', () => {
    const spread = { seed: 0, row: 1, rest: 0.05 };
    const a = crossed(3, 80, spread, 1);
    const b = a.map((seed, index) => {
      const rest = stream(index, 'test.other').normals(80);
      return seed.map((value, row) => value - 0.1 + 0.05 * (rest[row] ?? Number.NaN));
    });
    const difference = pairedBootstrap(meanOfRows(a), meanOfRows(b));
    expect(difference?.lower).toBeGreaterThan(0);
    expect(difference?.probability).toBeLessThan(0.01);
    const alone = [a, b].map((values) => hierarchicalBootstrap(meanOfRows(values)));
    expect(alone[1]?.upper).toBeGreaterThan(alone[0]?.lower ?? Number.POSITIVE_INFINITY);
  });

  it('refuses to pair what was scored on other rows or seeds', () => {
    const two = meanOfRows([Float64Array.of(1, 0), Float64Array.of(0, 1)]);
    const one = meanOfRows([Float64Array.of(1, 0)]);
    expect(() => pairedBootstrap(two, one)).toThrow('cannot pair 2 seeds x 2 rows with 1 seeds x 2 rows');
    expect(() => meanOfRows([Float64Array.of(1), Float64Array.of(1, 0)])).toThrow('the same rows');
  });

  it('has no interval where the metric is undefined on the rows', () => {
    const nowhere: Repeats = { seeds: 2, rows: 10, statistic: () => null };
    expect(hierarchicalBootstrap(nowhere)).toBeNull();
  });
});

describe('the optimism of a winner', () => {
  it('is what the best of equals looks too good by', () => {
    // The greatest of 20 independent means of 50 rows with deviation 1 is about 1.87 / √50 = 0.26 above the truth.
    const candidates = Array.from({ length: 20 }, (_, index) => meanOfRows([stream(index, 'test.equal').normals(50)]));
    const optimism = selectionOptimism(candidates, 'maximize', { level: 0.95, replicates: 400, seed: 1 });
    expect(optimism).toBeGreaterThan(0.1);
    expect(optimism).toBeLessThan(0.35);
    expect(selectionOptimism(candidates.slice(0, 1), 'maximize')).toBe(0);
    expect(selectionOptimism([], 'maximize')).toBeNull();
  });

  it('is nearly nothing where one is far ahead', () => {
    const far = [0, 10].map((shift) =>
      meanOfRows([
        stream(shift, 'test.far')
          .normals(50)
          .map((x) => x + shift),
      ]),
    );
    expect(selectionOptimism(far, 'maximize', { level: 0.95, replicates: 400, seed: 1 })).toBeLessThan(0.03);
  });
});

test('the front of 2,000 points is that of comparing each with each, in two objectives and in three', () => {
  interface Point {
    readonly values: readonly number[];
  }
  const points = Array.from({ length: 2_000 }, (_, index): Point => {
    const drawn = stream(index, 'test.front').integers(3, 60);
    return { values: Array.from(drawn) };
  });
  for (const count of [1, 2, 3]) {
    const objectives = Array.from({ length: count }, (_, i) => ({
      direction: i === 1 ? ('minimize' as const) : ('maximize' as const),
      value: (point: Point) => point.values[i] ?? null,
    }));
    const turned = (point: Point) =>
      objectives.map((objective) => (objective.direction === 'maximize' ? 1 : -1) * (objective.value(point) ?? 0));
    const slow = points.filter((point) => {
      const mine = turned(point);
      return !points.some((other) => {
        const theirs = turned(other);
        return theirs.every((v, i) => v >= (mine[i] ?? 0)) && theirs.some((v, i) => v > (mine[i] ?? 0));
      });
    });
    expect(paretoFront(points, objectives)).toEqual(slow);
  }
});
