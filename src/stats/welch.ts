import { meanOf } from './mean-of.ts';
import { studentCdf } from './student-distribution.ts';
import { isRounding } from './student-interval.ts';

/**
 * Two-sided probability of means at least so far apart where the truth is the same: Welch's test of unequal variances.
 * Where the repeats of one side agree, the other's spread stands for both: two seeds that agree are no certainty. Source:
 * Welch 1947; the agreeing side is ours.
 * @returns null where nothing tells how repeats spread: fewer than two on either side, or each side agrees with itself
 */
export function welchProbability(a: readonly number[], b: readonly number[]): number | null {
  if (a.length < 2 || b.length < 2) return null;
  const [first, second] = [summary(a), summary(b)];
  if (first.variance === 0 && second.variance === 0) return null;
  const apart = Math.abs(first.mean - second.mean);
  const spreading = [first, second].filter(({ variance }) => variance > 0);
  const [only] = spreading;
  if (spreading.length === 1 && only !== undefined) {
    const error = Math.sqrt(only.variance * (1 / first.count + 1 / second.count));
    return twoSided(apart / error, only.count - 1);
  }
  const errors = [first, second].map(({ variance, count }) => variance / count);
  const total = errors.reduce((sum, error) => sum + error, 0);
  const freedom = [first, second].reduce((sum, { variance, count }) => sum + (variance / count) ** 2 / (count - 1), 0);
  return twoSided(apart / Math.sqrt(total), total ** 2 / freedom);
}

function twoSided(t: number, degrees: number): number {
  return 2 * studentCdf(-t, degrees);
}

/** The sample's variance (n − 1) is 0 where its values agree but for rounding. */
function summary(values: readonly number[]) {
  const mean = meanOf(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { count: values.length, mean, variance: isRounding(Math.sqrt(variance), mean) ? 0 : variance };
}
