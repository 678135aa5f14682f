import { formatNumber } from './values/format-number.ts';
import type { Metric } from './metric.ts';

export const trainableParameters: Metric = {
  name: 'trainable_parameters',
  heading: 'parameters',
  direction: 'minimize',
  range: [0, Infinity],
  format: formatNumber,
  computations: [],
  over: 'corpus',
  measuresSize: true,
  ofTrial: (trial) => trial.trainableParameters,
  sentence: 'Parameters of adapter and head that are trained',
};
