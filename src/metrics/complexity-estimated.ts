import { formatNumber } from './values/format-number.ts';
import type { Metric } from './metric.ts';

export const complexityEstimated: Metric = {
  name: 'complexity_estimated',
  heading: 'complexity (est.)',
  direction: 'minimize',
  range: [0, Infinity],
  format: formatNumber,
  computations: [],
  over: 'corpus',
  measuresSize: true,
  unranked: true,
  ofTrial: (trial) => trial.complexityEstimated ?? null,
  sentence:
    'Complexity with the largest loss and gradient that the training itself met as C and η, where these are above the probe’s; known once it has trained',
};
