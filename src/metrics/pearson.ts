import { correlation } from './parts/correlation.ts';
import { formatScore } from './values/format-number.ts';
import { computedFrom, type Metric } from './metric.ts';
import { valueScores } from './forms/scored-set.ts';

export const pearson: Metric = {
  name: 'pearson',
  heading: 'Pearson',
  direction: 'maximize',
  range: [-1, 1],
  format: formatScore,
  computations: [computedFrom(valueScores, ({ predictions, targets }) => correlation(predictions, targets))],
  over: 'corpus',
  gap: 'minimize',
  sentence: 'Pearson’s correlation with the targets; undefined of constant predictions',
};
