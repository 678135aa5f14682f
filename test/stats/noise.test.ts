import { describe, expect, it, test } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { hierarchicalBootstrap, pairedBootstrap } from '../../src/stats/hierarchical-bootstrap.ts';
import { holm } from '../../src/stats/holm.ts';
import { mcnemarExact } from '../../src/stats/mcnemar.ts';
import { paretoFront } from '../../src/stats/pareto-front.ts';
import type { Repeats } from '../../src/stats/repeats.ts';
import { meanOfRows } from './mean-of-rows.ts';
import { statistics } from './statistics-fixture.ts';
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

/** Share of a standard normal draw above this, by the trapezoid rule. */
function normalAbove(from: number): number {
  const [steps, end] = [20_000, 10];
  const width = (end - from) / steps;
  const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  let sum = (density(from) + density(end)) / 2;
  for (let step = 1; step < steps; step += 1) sum += density(from + step * width);
  return sum * width;
}

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

  /*
   * With 300 simulations a share of 95 % has a standard error of 1.26 points: three of them below are 91.2 %. Drawing seeds
   * and rows at once counts what they share twice, so that up to 99 % may be covered by design; more is a defect as less is.
   */
  const error = Math.sqrt((0.95 * 0.05) / simulations);
  const [least, most] = [0.95 - 3 * error, 0.99 + Math.sqrt((0.99 * 0.01) / simulations)];

  function coverage(draw: (run: number) => readonly Float64Array[], truth: number): number {
    let covered = 0;
    for (let run = 0; run < simulations; run += 1) {
      const interval = hierarchicalBootstrap(meanOfRows(draw(run)), { level: 0.95, replicates: 120, seed: run });
      if ((interval?.lower ?? Infinity) <= truth && (interval?.upper ?? -Infinity) >= truth) covered += 1;
    }
    return covered / simulations;
  }

  it.each([
    [2, { seed: 0.1, row: 1, rest: 1 }],
    [3, { seed: 0.3, row: 0.5, rest: 0.5 }],
    [3, { seed: 0, row: 1, rest: 0.5 }],
    [5, { seed: 0.2, row: 1, rest: 1 }],
    [1, { seed: 0, row: 1, rest: 1 }],
  ])('covers the truth of %i seeds with effects %o about 95 times in 100', (seeds, spread) => {
    const found = coverage((run) => crossed(seeds, 60, spread, run), 0);
    expect(found).toBeGreaterThan(least);
    expect(found).toBeLessThan(most);
  });

  it.each([
    [1, 200, 0],
    [2, 200, 0.2],
    [3, 100, 0.1],
    [3, 400, 0.3],
  ])('covers a share of right rows of %i seeds and %i rows with seeds that differ by %d', (seeds, rows, spread) => {
    // Of three seeds of which each moves all rows by as much as the last's, 93 % of 1,200 simulations were covered.
    // A row is right where its latent score is above a threshold: the truth is the normal share above 1.2 over everything.
    const total = Math.sqrt(1 + 0.5 ** 2 + spread ** 2);
    const truth = normalAbove(-1.2 / total);
    const right = (run: number) =>
      crossed(seeds, rows, { seed: spread, row: 1, rest: 0.5 }, run).map((values) =>
        Float64Array.from(values, (value) => (value > -1.2 ? 1 : 0)),
      );
    const found = coverage(right, truth);
    expect(found).toBeGreaterThan(0.93 - 3 * Math.sqrt((0.93 * 0.07) / simulations));
    expect(found).toBeLessThan(most);
  });

  it('has the standard error that numpy finds by the same definition', () => {
    const { values, estimate, standard_error: expected } = statistics.crossed;
    const found = hierarchicalBootstrap(meanOfRows(values.map((seed) => Float64Array.from(seed))));
    expect(found?.estimate).toBeCloseTo(estimate, 10);
    // A deviation of 1,000 replicates is known to 1/√2,000 = 2.2 %: three of that.
    expect(Math.abs((found?.standardError ?? 0) / expected - 1)).toBeLessThan(0.067);
  });

  it('has no bounds where no row differs from another, and is as sure as so many signs', () => {
    const always = (value: number) => new Float64Array(10).fill(value);
    expect(hierarchicalBootstrap(meanOfRows([always(0.1), always(0.1)]))).toMatchObject({
      lower: null,
      upper: null,
      probability: 2 * 0.5 ** 10,
    });
    expect(pairedBootstrap(meanOfRows([always(1)]), meanOfRows([always(1)]))).toMatchObject({
      estimate: 0,
      lower: null,
      probability: 1,
    });
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
  it.each(statistics.optimism)('is $optimism as numpy finds it by the same definition', ({ values, ...expected }) => {
    const candidates = values.map((seeds) => meanOfRows(seeds.map((rows) => Float64Array.from(rows))));
    const replicates = 4_000;
    const found = selectionOptimism(candidates, 'maximize', { level: 0.95, replicates, seed: 3 });
    // Four errors of the mean of so many replicates.
    expect(Math.abs((found ?? 0) - expected.optimism)).toBeLessThan((4 * expected.deviation) / Math.sqrt(replicates));
  });

  /** Of twenty means of 50 rows, whose truths lie so many deviations of a mean apart: what is told, and what is so. */
  function simulated(apart: number, collapsed = 0) {
    const runs = 60;
    const each = Array.from({ length: runs }, (_, run) => {
      const truths = Array.from(stream(run, 'test.truths').normals(20), (truth, index) =>
        index < collapsed ? -5 : (apart * truth) / Math.sqrt(50),
      );
      const means = Array.from(truths, (truth, index) =>
        stream(run, 'test.rows', index)
          .normals(50)
          .map((noise) => truth + noise),
      );
      const candidates = means.map((rows) => meanOfRows([rows]));
      const told = selectionOptimism(candidates, 'maximize', { level: 0.95, replicates: 200, seed: run }) ?? Number.NaN;
      const scores = means.map((rows) => rows.reduce((sum, value) => sum + value, 0) / rows.length);
      const winner = scores.indexOf(Math.max(...scores));
      return { told, isSo: (scores[winner] ?? Number.NaN) - (truths[winner] ?? Number.NaN) };
    });
    const mean = (of: (one: (typeof each)[number]) => number) => each.reduce((sum, one) => sum + of(one), 0) / runs;
    const told = mean((one) => one.told);
    const isSo = mean((one) => one.isSo);
    const off = told - isSo;
    const error = Math.sqrt(mean((one) => (one.told - one.isSo - off) ** 2) / (runs - 1));
    return { told, isSo, error };
  }

  it.each([0, 0.5, 1, 2, 4])('is the truth, on average, of winners whose truths lie %d deviations apart', (apart) => {
    const { told, isSo, error } = simulated(apart);
    // Four errors of so many samples; and what equals lack is less than a tenth, where 1/√2 would be a third.
    expect(Math.abs(told - isSo)).toBeLessThan(4 * error);
    expect(error).toBeLessThan(0.06 * statistics.greatest_of_20);
    expect(told).toBeGreaterThan(0);
  });

  it('is no less of equals that others are far behind', () => {
    const { told, isSo, error } = simulated(0, 10);
    expect(Math.abs(told - isSo)).toBeLessThan(4 * error);
    expect(told / isSo).toBeGreaterThan(0.8);
  });

  it('is nearly that of the greatest of equals, which order statistics tell, and 0 of a single one', () => {
    // The greatest of 20 independent means of 50 rows with deviation 1 is E₂₀ / √50 above the truth (Harter 1961).
    const truth = statistics.greatest_of_20 / Math.sqrt(50);
    const { told } = simulated(0);
    expect(told / truth).toBeGreaterThan(0.9);
    expect(told / truth).toBeLessThan(1.05);
    expect(selectionOptimism([meanOfRows([stream(1, 'test.equal').normals(50)])], 'maximize')).toBe(0);
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
