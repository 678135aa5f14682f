import {
  type Confusion,
  confusionOf,
  labelledRows,
  predictedRows,
  rightRows,
  rowCount,
} from './parts/confusion-matrix.ts';
import { formatScore } from './values/format-number.ts';
import { computedFrom, type Metric } from './metric.ts';
import { classScores } from './forms/scored-set.ts';

export const matthews: Metric = {
  name: 'matthews',
  heading: 'MCC',
  direction: 'maximize',
  range: [-1, 1],
  format: formatScore,
  computations: [computedFrom(classScores, (content) => matthewsCorrelation(confusionOf(content)))],
  over: 'corpus',
  sentence: 'Matthews’ correlation; 0 where labels or predictions are all alike',
};

/** For any number of classes (Gorodkin 2004); 0 where labels or predictions are all alike, as scikit-learn has it. */
export function matthewsCorrelation(confusion: Confusion): number {
  const count = rowCount(confusion);
  const labelled = labelledRows(confusion);
  const predicted = predictedRows(confusion);
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
  const spread = Math.sqrt(count ** 2 - dot(predicted, predicted)) * Math.sqrt(count ** 2 - dot(labelled, labelled));
  return spread === 0 ? 0 : (rightRows(confusion) * count - dot(labelled, predicted)) / spread;
}
