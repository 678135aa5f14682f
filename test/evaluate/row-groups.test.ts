import { describe, expect, it } from 'vitest';
import { rowGroups } from '../../src/evaluate/row-groups.ts';

const values = Array.from({ length: 131 }, (_, row) => (row * 37) % 11);

/** A mean over rows, and its square: a number of the whole set. */
function value(metric: string, rows: Uint32Array): number | null {
  if (metric === 'undefined' && !rows.includes(5)) return null;
  const mean = [...rows].reduce((sum, row) => sum + (values[row] ?? 0), 0) / rows.length;
  return metric === 'square' ? mean ** 2 : mean;
}

describe('a metric on groups of rows', () => {
  it('of a mean over rows is the mean of each group, where groups are of one size', () => {
    const groups = rowGroups({ rows: 128, value }, 'mean');
    expect(groups).toHaveLength(64);
    groups?.forEach((group, index) =>
      expect(group).toBeCloseTo(((values[index] ?? 0) + (values[index + 64] ?? 0)) / 2),
    );
  });

  it('has the value on all rows as its mean, up to what the jackknife removes of a bias', () => {
    for (const metric of ['mean', 'square']) {
      const groups = rowGroups({ rows: 131, value }, metric) ?? [];
      const mean = groups.reduce((sum, each) => sum + each, 0) / groups.length;
      const whole = value(metric, Uint32Array.from(values.keys())) ?? Number.NaN;
      expect(Math.abs(mean - whole) / whole).toBeLessThan(0.01);
    }
  });

  it('is not to be had of few rows, nor where some group is needed for the metric to be defined', () => {
    expect(rowGroups({ rows: 15, value }, 'mean')).toBeNull();
    expect(rowGroups({ rows: 16, value }, 'mean')).toHaveLength(8);
    expect(rowGroups({ rows: 64, value }, 'undefined')).toBeNull();
  });
});
