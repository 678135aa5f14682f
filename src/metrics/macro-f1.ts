import { classF1s, confusionOf } from './parts/confusion-matrix.ts';
import { formatScore } from './values/format-number.ts';
import { computedFrom, type Metric } from './metric.ts';
import { f1Of, labelCounts } from './parts/label-counts.ts';
import { classScores, labelSetScores } from './forms/scored-set.ts';

/** As scikit-learn's f1_score(average='macro'): of the classes that stand among labels or predictions, of all labels. */
export const macroF1: Metric = {
  name: 'macro_f1',
  heading: 'macro F1',
  direction: 'maximize',
  range: [0, 1],
  format: formatScore,
  computations: [
    computedFrom(classScores, (content) => {
      const scores = classF1s(confusionOf(content)).filter((score) => score !== null);
      return scores.reduce((sum, score) => sum + score, 0) / scores.length;
    }),
    computedFrom(labelSetScores, (content) => {
      const counts = labelCounts(content);
      return counts.reduce((sum, one) => sum + f1Of(one), 0) / counts.length;
    }),
  ],
  over: 'corpus',
  sentence:
    'Mean F1 over the classes that some row has or is predicted to; of label sets over all labels, one that no row has counting as 0',
};
