import { formatScore } from './values/format-number.ts';
import { computedFrom, type Metric } from './metric.ts';
import { recalls } from './recall-per-class.ts';
import { classScores } from './forms/scored-set.ts';

/** As scikit-learn's balanced_accuracy_score. */
export const macroRecall: Metric = {
  name: 'macro_recall',
  heading: 'recall',
  direction: 'maximize',
  range: [0, 1],
  format: formatScore,
  computations: [
    computedFrom(classScores, (content) => {
      const known = recalls(content).filter((recall) => recall !== null);
      return known.reduce((sum, recall) => sum + recall, 0) / known.length;
    }),
  ],
  over: 'corpus',
  sentence: 'Mean recall over the classes that some row has (balanced accuracy)',
};
