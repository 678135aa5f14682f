import type { Repeats } from '../../src/stats/repeats.ts';

/** Repeats of a metric that is the mean of a value per row. @param values [seeds] of [rows] */
export function meanOfRows(values: readonly Float64Array[]): Repeats {
  const rows = values[0]?.length ?? 0;
  if (values.length === 0 || values.some((seed) => seed.length !== rows)) {
    throw new RangeError('repeats are scored on the same rows');
  }
  return {
    seeds: values.length,
    rows,
    statistic: (seed, chosen) => {
      const ofSeed = values[seed];
      if (ofSeed === undefined || chosen.length === 0) return null;
      let sum = 0;
      for (const row of chosen) sum += ofSeed[row] ?? Number.NaN;
      return sum / chosen.length;
    },
  };
}
