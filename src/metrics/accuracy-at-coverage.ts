import { formatScore } from './values/format-number.ts';
import { computedFromClasses } from './forms/class-forms.ts';
import type { Metric } from './metric.ts';
import type { ClassScores } from './forms/scored-set.ts';

const coverage = 0.8;

export const accuracyAtCoverage: Metric = {
  name: 'accuracy_at_80_coverage',
  heading: 'acc. at 80 %',
  direction: 'maximize',
  range: [0, 1],
  format: formatScore,
  computations: computedFromClasses((content) => accuracyAt(content, coverage)),
  over: 'corpus',
  calibration: true,
  sentence: 'Share that is right of the 80 % of the rows with the largest confidence',
};

/**
 * Accuracy of the most confident rows, as many as the share rounds up to. Of rows that are equally confident at the edge
 * each counts as likely to be taken, so that the order of the rows does not matter.
 * @param share in (0, 1]
 */
export function accuracyAt({ probabilities, names, predictions, labels }: ClassScores, share: number): number {
  const rows = predictions.map((prediction, row) => ({
    confidence: probabilities[row * names.length + prediction] ?? 0,
    right: prediction === labels[row] ? 1 : 0,
  }));
  rows.sort((a, b) => b.confidence - a.confidence);
  // What float64 makes of 0.8 · 5 is no reason for another row.
  const wanted = Math.max(1, Math.ceil(share * rows.length - 1e-9));
  const edge = rows[wanted - 1]?.confidence ?? 0;
  const surely = rows.filter(({ confidence }) => confidence > edge);
  const tied = rows.filter(({ confidence }) => confidence === edge);
  const sum = (of: typeof rows): number => of.reduce((total, { right }) => total + right, 0);
  return (sum(surely) + (sum(tied) * (wanted - surely.length)) / tied.length) / wanted;
}
