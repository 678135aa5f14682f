import { describe, expect, it } from 'vitest';
import { rankCorrelation } from '../../src/report/noise/rank-correlation.ts';
import { statistics } from '../stats/statistics-fixture.ts';

describe('Spearman’s correlation', () => {
  it.each(statistics.correlations)(
    'of $rho has scipy’s value and its bootstrap’s interval',
    ({ x, y, ...expected }) => {
      const found = rankCorrelation(x, y);
      expect(found?.rho).toBeCloseTo(expected.rho, 10);
      // A 2.5 % point of 5,000 draws scatters by up to a twentieth of the width of the interval: three of that.
      const tolerance = 0.15 * (expected.upper - expected.lower);
      expect(Math.abs((found?.lower ?? 9) - expected.lower)).toBeLessThan(tolerance);
      expect(Math.abs((found?.upper ?? 9) - expected.upper)).toBeLessThan(tolerance);
    },
  );

  it('of ensembles of one training draws them together: four sizes of each are no four times as many repeats', () => {
    const { x, y, clusters, lower, upper, width_without_clusters: narrow } = statistics.clustered;
    const found = rankCorrelation(x, y, clusters);
    expect(found).toMatchObject({ pairs: 48, clusters: 12 });
    const tolerance = 0.15 * (upper - lower);
    expect(Math.abs((found?.lower ?? 9) - lower)).toBeLessThan(tolerance);
    expect(Math.abs((found?.upper ?? 9) - upper)).toBeLessThan(tolerance);
    expect(upper - lower).toBeGreaterThan(1.5 * narrow);
  });

  it('of two trainings, however many ensembles they have, has no interval', () => {
    const found = rankCorrelation([1, 2, 3, 4], [1, 3, 2, 5], ['a', 'a', 'b', 'b']);
    expect(found).toMatchObject({ lower: null, upper: null, clusters: 2 });
    expect(rankCorrelation([1, 2], [2, 1])).toBeNull();
  });
});
