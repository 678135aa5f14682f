import { brierParts } from './brier-parts.ts';
import { formatScore } from './format-number.ts';
import { computedFrom, type Metric } from './metric.ts';
import { classScores } from './scored-set.ts';

export const brierUncertainty: Metric = {
  name: 'brier_uncertainty',
  heading: 'Brier unc.',
  direction: 'minimize',
  range: [0, 1],
  format: formatScore,
  computations: [computedFrom(classScores, (content) => brierParts(content).uncertainty)],
  over: 'corpus',
  calibration: true,
  unranked: true,
  sentence: 'Uncertainty of Murphy’s decomposition of the Brier score, a number of the labels alone',
};
