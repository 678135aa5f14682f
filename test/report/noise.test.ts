import { describe, expect, it } from 'vitest';
import type { RowScores } from '../../src/evaluate/row-scores.ts';
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

  it('fall back to the seeds alone where the outputs are not there, and say so', () => {
    const { sweep } = sweepOf({ 0: [120, 121], 0.5: [170, 171] });
    const text = renderReport(bestReport(sweep, objective, 10, null), 'table', 200);
    expect(text).toContain('95 % intervals (Student)');
    expect(text).toContain('Welch’s test of the seeds');
  });
});
