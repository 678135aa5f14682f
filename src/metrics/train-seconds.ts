import { formatSeconds } from './values/format-number.ts';
import type { Metric } from './metric.ts';

export const trainSeconds: Metric = {
  name: 'train_seconds',
  heading: 'train s',
  direction: 'minimize',
  range: [0, Infinity],
  format: formatSeconds,
  computations: [],
  over: 'corpus',
  measuresSize: true,
  ofTrial: (trial) => trial.trainSeconds,
  sentence: 'Seconds of a slot that the training took; those that step together have equal shares of it',
};
