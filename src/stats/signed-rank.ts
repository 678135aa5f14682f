/** More pairs than these are told by the normal approximation: the exact distribution would cost their cube. */
const mostExact = 60;

/**
 * Wilcoxon's signed-rank test, one-sided: the probability of a rank sum of the positive differences as great as this one,
 * or greater, where both signs are as likely. Exact over the signs of these very differences, equal sizes sharing their
 * ranks; of a difference of 0, half the rank counts for each side (Pratt's zeros, split).
 */
export function signedRankProbability(differences: readonly number[]): number {
  // Doubled, ranks that are shared by two are whole numbers too; those of zeros are halved and thus whole again.
  const ranked = doubledRanks(differences);
  const signed = ranked.filter(({ sign }) => sign !== 0);
  const positive = signed.reduce((sum, { sign, rank }) => sum + (sign > 0 ? rank : 0), 0);
  const ranks = signed.map(({ rank }) => rank);
  return ranks.length > mostExact ? normalTail(ranks, positive) : exactTail(ranks, positive);
}

/** Smallest size first; twice the mean of the places that equal sizes take. */
function doubledRanks(differences: readonly number[]) {
  const sizes = differences.map((value) => ({ size: Math.abs(value), sign: Math.sign(value) }));
  sizes.sort((a, b) => a.size - b.size);
  const ranked: { readonly sign: number; readonly rank: number }[] = [];
  for (let start = 0; start < sizes.length; ) {
    let end = start + 1;
    while (end < sizes.length && sizes[end]?.size === sizes[start]?.size) end += 1;
    for (const { sign } of sizes.slice(start, end)) ranked.push({ sign, rank: start + 1 + end });
    start = end;
  }
  return ranked;
}

/** Over all choices of signs: how often is the sum of the positive ranks as great? */
function exactTail(ranks: readonly number[], observed: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  for (const rank of ranks)
    for (let sum = total; sum >= rank; sum -= 1) ways[sum] = (ways[sum] ?? 0) + (ways[sum - rank] ?? 0);
  let above = 0;
  for (let sum = observed; sum <= total; sum += 1) above += ways[sum] ?? 0;
  return above / 2 ** ranks.length;
}

function normalTail(ranks: readonly number[], observed: number): number {
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / 2;
  const deviation = Math.sqrt(ranks.reduce((sum, rank) => sum + rank * rank, 0)) / 2;
  // Sums of doubled ranks are two apart: half of that is what continuity corrects by.
  const z = (observed - 1 - mean) / deviation;
  return 0.5 * errorFunctionComplement(z / Math.SQRT2);
}

/** Numerical Recipes §6.2: fractional error below 1.2e-7 everywhere. */
function errorFunctionComplement(x: number): number {
  const t = 1 / (1 + 0.5 * Math.abs(x));
  const polynomial = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
    -1.26551223,
  ].reduce((sum, coefficient) => sum * t + coefficient, 0);
  const value = t * Math.exp(-x * x + polynomial);
  return x >= 0 ? value : 2 - value;
}
