import { formatNumber } from './values/format-number.ts';
import type { Metric } from './metric.ts';

export const complexity: Metric = {
  name: 'complexity',
  heading: 'complexity',
  direction: 'minimize',
  range: [0, Infinity],
  format: formatNumber,
  computations: [],
  over: 'corpus',
  measuresSize: true,
  exact: true,
  ofTrial: (trial) => trial.complexity,
  sentence: 'Theorem 4.4’s second term at the trial’s p and λ, a proxy with estimated constants',
};
