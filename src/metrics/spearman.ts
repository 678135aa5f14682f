import { correlation, ranksOf } from './parts/correlation.ts';
import { formatScore } from './values/format-number.ts';
import { computedFrom, type Metric } from './metric.ts';
import { valueScores } from './forms/scored-set.ts';

export const spearman: Metric = {
  name: 'spearman',
  heading: 'Spearman',
  direction: 'maximize',
  range: [-1, 1],
  format: formatScore,
  computations: [
    computedFrom(valueScores, ({ predictions, targets }) =>
      // Ranks hide what rounding leaves of a constant.
      correlation(predictions, targets) === null ? null : correlation(ranksOf(predictions), ranksOf(targets)),
    ),
  ],
  over: 'corpus',
  sentence: 'Pearson’s correlation of the ranks, ties sharing theirs; undefined of constant predictions',
};
