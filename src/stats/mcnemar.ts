import { incompleteBeta } from './incomplete-beta.ts';

/**
 * McNemar's exact test of two classifiers on the same rows: where they disagree, is either right as often as the other?
 * @param onlyFirst rows that the first alone gets right
 * @param onlySecond rows that the second alone gets right
 * @returns two-sided probability under the binomial distribution with share ½, at most 1
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const discordant = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  if (discordant === 0) return 1;
  // P(X ≤ k) of Binomial(n, ½) = I_½(n − k, k + 1).
  return Math.min(1, 2 * incompleteBeta(0.5, discordant - fewer, fewer + 1));
}
