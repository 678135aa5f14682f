import { isRounding } from './student-interval.ts';
import { studentQuantile } from './student-distribution.ts';

/** What one source of noise adds to a mean's variance, and how well that is known. */
export interface VariancePart {
  readonly variance: number;
  readonly degrees: number;
}

/**
 * Interval of a mean whose noise has several sources that know nothing of one another: their variances add up, and the
 * degrees of freedom of Student's distribution follow from them (Satterthwaite 1946). Null where nothing varies.
 */
export function intervalOfParts(
  mean: number,
  parts: readonly VariancePart[],
  level = 0.95,
): { readonly lower: number; readonly upper: number } | null {
  const total = parts.reduce((sum, { variance }) => sum + variance, 0);
  if (total === 0 || isRounding(Math.sqrt(total), mean)) return null;
  const freedom = parts.reduce((sum, { variance, degrees }) => sum + variance ** 2 / Math.max(1, degrees), 0);
  const half = studentQuantile((1 + level) / 2, Math.max(1, total ** 2 / freedom)) * Math.sqrt(total);
  return { lower: mean - half, upper: mean + half };
}
