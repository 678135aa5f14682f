import { classF1s, type Confusion, confusionOf } from './parts/confusion-matrix.ts';
import { formatScore } from './values/format-number.ts';
import { computedFrom, type Metric } from './metric.ts';
import { classScores } from './forms/scored-set.ts';

export const f1: Metric = {
  name: 'f1',
  heading: 'F1',
  direction: 'maximize',
  range: [0, 1],
  format: formatScore,
  computations: [computedFrom(classScores, (content) => positiveF1(confusionOf(content)))],
  over: 'corpus',
  sentence: 'F1 of the second of two classes; of more classes the mean over all, one that no row has counting as 0',
};

/** The second class counts as the positive one where there are two. */
export function positiveF1(confusion: Confusion): number {
  const scores = classF1s(confusion).map((score) => score ?? 0);
  return scores.length === 2 ? (scores[1] ?? 0) : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
