import { meanOf } from './mean-of.ts';
import { studentQuantile } from './student-distribution.ts';

export interface MeanInterval {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation (n − 1); null for one value, 0 where values agree but for rounding. */
  readonly deviation: number | null;
  /** Null where nothing tells of the spread: a single seed does not, nor do seeds that happen to agree. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Mean over repeats with Student's interval. @param values at least one @param level e.g. 0.95 */
export function studentInterval(values: readonly number[], level = 0.95): MeanInterval {
  const count = values.length;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return intervalOf({ count, mean, deviation: count < 2 ? null : Math.sqrt(squares / (count - 1)) }, level);
}

/** Student's interval of a mean that was taken elsewhere. @param level e.g. 0.95 */
export function intervalOf(
  { count, mean, deviation }: Pick<MeanInterval, 'count' | 'mean' | 'deviation'>,
  level = 0.95,
): MeanInterval {
  const unknown = { count, mean, lower: null, upper: null };
  if (deviation === null || count < 2) return { ...unknown, deviation: null };
  if (isRounding(deviation, mean)) return { ...unknown, deviation: 0 };
  const half = (studentQuantile((1 + level) / 2, count - 1) * deviation) / Math.sqrt(count);
  return { count, mean, deviation, lower: mean - half, upper: mean + half };
}

/** Whether a spread is no more than the rounding of a sum of equal values around their mean. */
export function isRounding(spread: number, mean: number): boolean {
  return spread <= 1e-12 * Math.abs(mean);
}
