import { correlation, ranksOf } from '../../metrics/parts/correlation.ts';
import { stream } from '../../random/stream.ts';

export interface RankCorrelation {
  readonly rho: number;
  /** 95 % by the bootstrap over clusters of pairs; null where too few of its draws have a correlation. */
  readonly lower: number | null;
  readonly upper: number | null;
  readonly pairs: number;
  /** What was drawn: pairs that are of one training, such as ensembles of several sizes, are no repeats of one another. */
  readonly clusters: number;
}

/** Draws of many pairs cost more, and their percentiles are steadier. */
function drawsOf(pairs: number): number {
  return Math.min(5_000, Math.max(1_000, Math.round(200_000 / pairs)));
}

/** Fewer say nothing of how others would lie. */
const fewestClusters = 3;

/**
 * Spearman's correlation of two columns with its interval, by the percentiles of a bootstrap that draws clusters whole;
 * null where either column is constant or there are fewer than three pairs.
 * @param clusterOf of each pair; absent: each is one by itself
 */
export function rankCorrelation(
  a: readonly number[],
  b: readonly number[],
  clusterOf: readonly string[] = a.map((_, index) => String(index)),
): RankCorrelation | null {
  if (a.length < 3) return null;
  const rho = correlation(ranksOf(a), ranksOf(b));
  if (rho === null) return null;
  const members = new Map<string, number[]>();
  for (const [index, cluster] of clusterOf.entries()) members.set(cluster, [...(members.get(cluster) ?? []), index]);
  const clusters = [...members.values()];
  const found: number[] = [];
  const draws = drawsOf(a.length);
  for (let draw = 0; draw < draws && clusters.length >= fewestClusters; draw += 1) {
    const chosen = stream(0, 'report.rank_correlation', clusters.length, draw).integers(
      clusters.length,
      clusters.length,
    );
    const rows = Array.from(chosen, (cluster) => clusters[cluster] ?? []).flat();
    const [x, y] = [a, b].map((column) => ranksOf(rows.map((index) => column[index] ?? Number.NaN)));
    const value = x === undefined || y === undefined ? null : correlation(x, y);
    if (value !== null) found.push(value);
  }
  found.sort((x, y) => x - y);
  const at = (share: number): number | null => found[Math.round(share * (found.length - 1))] ?? null;
  const enough = found.length >= draws / 2;
  return {
    rho,
    lower: enough ? at(0.025) : null,
    upper: enough ? at(0.975) : null,
    pairs: a.length,
    clusters: clusters.length,
  };
}
