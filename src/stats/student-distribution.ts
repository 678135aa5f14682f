import { incompleteBeta } from './incomplete-beta.ts';

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
