import { confusionOf, rightShare } from './parts/confusion-matrix.ts';
import { formatScore } from './values/format-number.ts';
import { computedFrom, type Metric } from './metric.ts';
import { f1Of, labelCounts, type LabelCounts } from './parts/label-counts.ts';
import { classScores, labelSetScores } from './forms/scored-set.ts';

export const microF1: Metric = {
  name: 'micro_f1',
  heading: 'micro F1',
  direction: 'maximize',
  range: [0, 1],
  format: formatScore,
  computations: [
    // With one class for each row a false positive of one class is a false negative of another: F1 is the accuracy.
    computedFrom(classScores, (content) => rightShare(confusionOf(content))),
    computedFrom(labelSetScores, (content) => {
      const counts = labelCounts(content);
      const total = (pick: (one: LabelCounts) => number): number => counts.reduce((sum, one) => sum + pick(one), 0);
      return f1Of({
        hits: total(({ hits }) => hits),
        labelled: total(({ labelled }) => labelled),
        predicted: total(({ predicted }) => predicted),
      });
    }),
  ],
  over: 'corpus',
  sentence: 'F1 over all decisions of all classes together; with one class for each row it is the accuracy',
};
