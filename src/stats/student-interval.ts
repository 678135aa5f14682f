import { incompleteBeta } from './incomplete-beta.ts';

export interface MeanInterval {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation (n − 1); null for one value. */
  readonly deviation: number | null;
  /** Null for one value: a single seed says nothing about the spread. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** P(T ≤ t) of Student's distribution. */
export function studentCdf(t: number, degrees: number): number {
  const tail = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** Quantiles that were asked for: lists of configurations ask for those of a few seeds thousands of times. */
const known = new Map<string, number>();
const knownAtMost = 1000;

/** The t with P(T ≤ t) = probability, by bisection to the last bits. @param probability in (0.5, 1) */
export function studentQuantile(probability: number, degrees: number): number {
  const key = `${probability} ${degrees}`;
  const found = known.get(key) ?? bisected(probability, degrees);
  if (known.size >= knownAtMost) known.clear();
  known.set(key, found);
  return found;
}

function bisected(probability: number, degrees: number): number {
  let low = 0;
  let high = 1;
  while (studentCdf(high, degrees) < probability) high *= 2;
  for (let i = 0; i < 100; i += 1) {
    const middle = (low + high) / 2;
    if (studentCdf(middle, degrees) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** @param values at least one */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
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
  if (deviation === null || count < 2) return { count, mean, deviation: null, lower: null, upper: null };
  const half = (studentQuantile((1 + level) / 2, count - 1) * deviation) / Math.sqrt(count);
  return { count, mean, deviation, lower: mean - half, upper: mean + half };
}
