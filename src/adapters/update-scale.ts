import type { AdapterShape } from '../sweep/vocabulary.ts';

/** s: alpha / rank, or rank-stabilised, alpha / √rank (arXiv 2312.03732). */
export function updateScale({ alpha, rank, scaling }: Pick<AdapterShape, 'alpha' | 'rank' | 'scaling'>): number {
  return scaling === 'rank_stabilized' ? alpha / Math.sqrt(rank) : alpha / rank;
}
