import { computedFrom, type SetDetail } from './metric.ts';
import { reliabilityBins } from './reliability-bins.ts';
import { classScores } from './scored-set.ts';

export const reliability: SetDetail = {
  name: 'reliability',
  computations: [computedFrom(classScores, (content) => reliabilityBins(content))],
};
