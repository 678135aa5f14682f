import { describe, expect, it } from 'vitest';
import type { RowScores } from '../../src/evaluate/row-scores.ts';
import { axisEffects } from '../../src/report/axis-effects.ts';
import { configurationScores } from '../../src/report/configuration-scores.ts';
import { bestReport } from '../../src/report/best-report.ts';
import { Noise } from '../../src/report/noise.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { metrics, snapshot, trial } from '../dashboard/sweep-fixture.ts';

const objective = { metric: 'accuracy', direction: 'maximize' } as const;

/** Rows of which the first so many are right. */
function rightUpTo(right: number, count = 200): RowScores {
  const values = Float64Array.from({ length: count }, (_, row) => (row < right ? 1 : 0));
  return {
    rows: count,
    perRow: (metric) => (metric === 'accuracy' ? values : null),
    value: (metric, rows) =>
      metric === 'accuracy' ? rows.reduce((sum, row) => sum + (values[row] ?? 0), 0) / rows.length : null,
  };
}

/** Trials of p with two seeds each, whose accuracies are these shares of 200 rows. */
function sweepOf(rights: Readonly<Record<number, readonly [number, number]>>) {
  const rows = Object.entries(rights).flatMap(([rate, seeds], configuration) =>
    seeds.map((right, seed) => {
      const base = trial(2 * configuration + seed + 1);
      const dropout_rate = Number(rate);
      return {
        row: {
          ...base,
          configuration: { ...base.configuration, dropout_rate, seed },
          evaluation: { ...base.evaluation, dropout_rate },
          state: 'succeeded' as const,
          metrics: metrics({ accuracy: right / 200 }),
          complexity: 1,
        },
        right,
      };
    }),
  );
  const scores = new Map(rows.map(({ row, right }) => [row.trial, rightUpTo(right)]));
  return { sweep: snapshot({ trials: rows.map(({ row }) => row) }), noise: new Noise(scores) };
}

describe('the best configurations with the noise of seeds and rows', () => {
  it('have an interval where two seeds agree, and are told from what is far', () => {
    const { sweep, noise } = sweepOf({ 0: [120, 120], 0.25: [170, 170], 0.5: [168, 169] });
    const text = renderReport(bestReport(sweep, objective, 10, noise), 'table', 200);
    expect(text).not.toContain('±0 ');
    expect(text).toMatch(/0\.850 ±0\.05/);
    expect(text).toContain(
      '≈ The winner is within noise of 1 of the 2 others compared (paired on seeds and rows, Holm',
    );
    expect(text).toMatch(
      /Better than LoRA without dropout: \+25\.0 points accuracy, 95 % \+1\d\.\d to \+3\d\.\d, 2 comparisons\./,
    );
    expect(text).toMatch(/it looks better by about 0\.04\d* points than it is/);
    const facts: { rows: { within_noise_of_best: boolean }[] } = JSON.parse(
      renderReport(bestReport(sweep, objective, 10, noise), 'json', 0),
    );
    expect(facts.rows.map((row) => row.within_noise_of_best)).toEqual([true, true, false]);
  });

  it('have an interval of a further set by its own rows, and none where its outputs are not there', () => {
    const { sweep } = sweepOf({ 0: [120, 120] });
    const [score] = configurationScores(sweep.trials);
    if (score === undefined) throw new Error('the sweep has a configuration');
    const own = rightUpTo(120);
    const beside = { ...own, sets: new Map([['shift', rightUpTo(300, 1000)]]) };
    const noise = new Noise(new Map(score.trials.map(({ trial: number }) => [number, beside])));
    expect(noise.interval(score, 'shift.accuracy')).toMatchObject({ estimate: 0.3, rows: 1000 });
    expect(noise.interval(score, 'accuracy')).toMatchObject({ estimate: 0.6, rows: 200 });
    expect(noise.interval(score, 'other.accuracy')).toBeNull();
    expect(
      new Noise(new Map(score.trials.map(({ trial: number }) => [number, own]))).interval(score, 'shift.accuracy'),
    ).toBeNull();
  });

  it('say what their intervals are of where there is nothing to compare with', () => {
    const { sweep, noise } = sweepOf({ 0: [120, 121] });
    expect(renderReport(bestReport(sweep, objective, 10, noise), 'table', 200)).toContain(
      'intervals over seeds and rows (bootstrap); ranked by accuracy.',
    );
    const two = sweepOf({ 0: [120, 121], 0.5: [170, 171] });
    const half = new Noise(new Map([1, 2].map((number) => [number, rightUpTo(120)])));
    const text = renderReport(bestReport(two.sweep, objective, 10, half), 'table', 200);
    expect(text).toContain('over seeds and rows (bootstrap), of 1 over seeds alone (Student), whose rows’ outputs');
  });

  it('fall back to the seeds alone where the outputs are not there, and say so', () => {
    const { sweep } = sweepOf({ 0: [120, 121], 0.5: [170, 171] });
    const text = renderReport(bestReport(sweep, objective, 10, null), 'table', 200);
    expect(text).toContain('95 % intervals (Student)');
    expect(text).toContain('Welch’s test of the seeds');
  });
});

describe('the effect of a setting with the noise of seeds and rows', () => {
  it('has an interval where the seeds agree, which they alone would make nothing of', () => {
    const { sweep, noise } = sweepOf({ 0: [120, 120], 0.25: [170, 170] });
    const of = (given: Noise | null) =>
      axisEffects(sweep, 'accuracy', given).find(({ name }) => name === 'dropout_rate')?.values[1];
    const alone = of(null);
    expect(alone).toMatchObject({ over: 'seeds', pairs: 1 });
    expect(alone?.difference).toMatchObject({ lower: expect.closeTo(0.25, 9), upper: expect.closeTo(0.25, 9) });
    const both = of(noise);
    expect(both).toMatchObject({ over: 'seeds and rows', pairs: 1 });
    const { mean, lower, upper } = both?.difference ?? { mean: 0, lower: null, upper: null };
    expect(mean).toBeCloseTo(0.25, 12);
    // A quarter of 200 rows differ: √(0.25 · 0.75 / 200) on either side, times 1.97.
    expect(mean - (lower ?? 0)).toBeCloseTo(1.97 * Math.sqrt((0.25 * 0.75) / 200), 2);
    expect((upper ?? 0) - mean).toBeCloseTo(mean - (lower ?? 0), 9);
  });

  it('is over seeds alone where the outputs of a trial are not there', () => {
    const { sweep } = sweepOf({ 0: [120, 121], 0.25: [170, 172] });
    const some = new Noise(new Map([[1, rightUpTo(120)]]));
    expect(axisEffects(sweep, 'accuracy', some)[0]?.values[1]).toMatchObject({ over: 'seeds' });
  });

  it('is of a mean over rows alone', () => {
    const { sweep, noise } = sweepOf({ 0: [120, 121], 0.25: [170, 172] });
    expect(axisEffects(sweep, 'ece', noise)[0]?.values[1]?.over).toBe('seeds');
  });
});
