import { correlation, ranksOf } from '../metrics/correlation.ts';
import { stream } from '../random/stream.ts';

export interface RankCorrelation {
  readonly rho: number;
  /** 95 % by the bootstrap over pairs; null where too few of its draws have a correlation. */
  readonly lower: number | null;
  readonly upper: number | null;
  readonly pairs: number;
}

const draws = 1_000;

/** Spearman's correlation of two columns with its interval; null where either is constant or there are fewer than three pairs. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): RankCorrelation | null {
  if (a.length < 3) return null;
  const rho = correlation(ranksOf(a), ranksOf(b));
  if (rho === null) return null;
  const found: number[] = [];
  for (let draw = 0; draw < draws; draw += 1) {
    const chosen = stream(0, 'report.rank_correlation', a.length, draw).integers(a.length, a.length);
    const [x, y] = [a, b].map((column) => ranksOf(Array.from(chosen, (index) => column[index] ?? Number.NaN)));
    const value = x === undefined || y === undefined ? null : correlation(x, y);
    if (value !== null) found.push(value);
  }
  found.sort((x, y) => x - y);
  const at = (share: number): number | null => found[Math.round(share * (found.length - 1))] ?? null;
  const enough = found.length >= draws / 2;
  return { rho, lower: enough ? at(0.025) : null, upper: enough ? at(0.975) : null, pairs: a.length };
}
