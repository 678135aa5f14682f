import type { RowScores } from '../../src/evaluate/row-scores.ts';
import { Noise } from '../../src/report/noise/noise.ts';
import { metrics, snapshot, trial } from '../dashboard/sweep-fixture.ts';

export const objective = { metric: 'accuracy', direction: 'maximize' } as const;

/** Rows of which the first so many are right. */
export function rightUpTo(right: number, count = 200, dataset = 'dev'): RowScores {
  const values = Float64Array.from({ length: count }, (_, row) => (row < right ? 1 : 0));
  return {
    rows: count,
    dataset,
    perRow: (metric) => (metric === 'accuracy' ? values : null),
    weights: () => null,
    value: (metric, rows) =>
      metric === 'accuracy' ? rows.reduce((sum, row) => sum + (values[row] ?? 0), 0) / rows.length : null,
  };
}

/** Trials of p with two seeds each, whose accuracies are these shares of 200 rows. */
export function sweepOf(rights: Readonly<Record<number, readonly [number, number]>>) {
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
