import { studentCdf } from './student-interval.ts';

/**
 * True when the seeds do not tell two configurations apart at the given level: Welch's test of unequal variances.
 * With fewer than two seeds on either side there is nothing to tell by, and the answer is true.
 */
export function withinNoise(a: readonly number[], b: readonly number[], level = 0.95): boolean {
  if (a.length < 2 || b.length < 2) return true;
  const first = summary(a);
  const second = summary(b);
  const error = Math.sqrt(first.squaredError + second.squaredError);
  if (error === 0) return first.mean === second.mean;
  const degrees = error ** 4 / (first.squaredError ** 2 / (a.length - 1) + second.squaredError ** 2 / (b.length - 1));
  const t = Math.abs(first.mean - second.mean) / error;
  return 2 * (1 - studentCdf(t, degrees)) > 1 - level;
}

function summary(values: readonly number[]): { mean: number; squaredError: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, squaredError: variance / values.length };
}
