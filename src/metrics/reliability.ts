import { choiceScores } from './choice-scores.ts';
import { computedFrom, type SetDetail } from './metric.ts';
import { reliabilityBins } from './reliability-bins.ts';
import { classScores } from './scored-set.ts';

export const reliability: SetDetail = {
  name: 'reliability',
  computations: [classScores, choiceScores].map((form) => computedFrom(form, (content) => reliabilityBins(content))),
};
