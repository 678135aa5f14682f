import { formatScore } from './values/format-number.ts';
import type { Metric } from './metric.ts';

export const loss: Metric = {
  name: 'loss',
  heading: (word) => word,
  direction: 'minimize',
  range: [0, Infinity],
  format: formatScore,
  computations: [],
  over: 'rows',
  gap: 'maximize',
  sentence: 'Mean loss of the averaged outputs, as the task trains for it (NLL, MSE)',
};
