import type { RowScores } from './row-scores.ts';

/** Groups of rows, at most: a spread between so many is known to a tenth or so. */
const mostGroups = 64;
/** Of a group, at least. */
const leastRows = 2;
/** Fewer groups say too little of their own spread. */
const leastGroups = 8;

/**
 * A metric's value on groups of the rows, such that its mean over groups is the value on all of them: pseudo-values of
 * the jackknife, groups × value − (groups − 1) × value without the group. Of a mean over rows, in groups of one size, each
 * is the group's own mean; a number of the whole set, such as F1, has them too. Row r is of group r modulo the groups, so
 * that evaluations of the same rows have the same groups. Source: Efron, The Jackknife, the Bootstrap and Other Resampling
 * Plans (1982), chapter 2.
 * @returns null where the rows are too few, or the metric is undefined without some group
 */
export function rowGroups(scores: Pick<RowScores, 'rows' | 'value'>, metric: string): readonly number[] | null {
  const { rows } = scores;
  const groups = Math.min(mostGroups, Math.floor(rows / leastRows));
  if (groups < leastGroups) return null;
  const all = Array.from({ length: rows }, (_, row) => row);
  const whole = scores.value(metric, Uint32Array.from(all));
  if (whole === null) return null;
  const values = all.slice(0, groups).map((group) => {
    const without = scores.value(metric, Uint32Array.from(all.filter((row) => row % groups !== group)));
    return without === null ? Number.NaN : groups * whole - (groups - 1) * without;
  });
  return values.every(Number.isFinite) ? values : null;
}
