import { computedFromClasses } from './forms/class-forms.ts';
import { formatScore } from './values/format-number.ts';
import type { Metric } from './metric.ts';
import type { ClassScores } from './forms/scored-set.ts';

export const brier: Metric = {
  name: 'brier',
  heading: 'Brier',
  direction: 'minimize',
  range: [0, 2],
  format: formatScore,
  computations: computedFromClasses(brierScore),
  over: 'rows',
  calibration: true,
  sentence: 'Mean over rows of Σ over classes (probability − [class is the label])²',
};

function brierScore({ names, probabilities, labels }: ClassScores): number {
  const classes = names.length;
  let sum = 0;
  for (const [row, label] of labels.entries()) {
    for (let i = 0; i < classes; i += 1) {
      sum += ((probabilities[row * classes + i] ?? 0) - (i === label ? 1 : 0)) ** 2;
    }
  }
  return sum / labels.length;
}
