import type { RankedScore } from '../comparing/configuration-scores.ts';
import type { Noise } from './noise.ts';

/** What the intervals of a table are of, in words without a full stop: of each configuration by itself. */
export function intervalNote(scores: readonly RankedScore[], metric: string, noise: Noise | null): string {
  const known = noise === null ? 0 : scores.filter((score) => noise.knows(score, metric)).length;
  const means = 'Means over seeds with 95 % intervals';
  if (known === 0) return `${means} (Student)`;
  const both = `${means} over seeds and rows (bootstrap)`;
  const alone = scores.length - known;
  return alone === 0 ? both : `${both}, of ${alone} over seeds alone (Student), whose rows’ outputs are not there`;
}
