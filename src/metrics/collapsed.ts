import { computedFrom, type SetDetail } from './metric.ts';
import { classScores } from './scored-set.ts';

/** One class predicted for every row of a set that holds several. */
export const collapsed: SetDetail = {
  name: 'collapsed',
  computations: [
    computedFrom(classScores, ({ predictions, labels }) => new Set(predictions).size === 1 && new Set(labels).size > 1),
  ],
};
