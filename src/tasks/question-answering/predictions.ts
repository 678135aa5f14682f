import type { EvaluatedValue } from '../../metrics/evaluation-metrics.ts';
import type { TaskPredictions } from '../task.ts';
import { answersOf } from './scores.ts';

/** The answer to each question, empty where there is none; SQuAD takes them by their ids. */
export const predictions: TaskPredictions = {
  reference: 'references',
  predicted: 'prediction',
  settled: (judging, { unanswered }) =>
    judging['null_threshold'] === 'fitted' ? { ...judging, null_threshold: fittedThreshold(unanswered) } : judging,
  of: (mean, evaluated, aggregate) =>
    answersOf(mean, evaluated, aggregate).answers.map(({ id, prediction, references, nullMargin }) => ({
      id,
      prediction,
      references,
      null_margin: nullMargin,
    })),
  benchmark: {
    name: 'squad',
    file: (records) => `${JSON.stringify(Object.fromEntries(records.map(({ id, prediction }) => [id, prediction])))}\n`,
  },
};

/** The threshold that scoring found; 0, the default, where it found none. */
function fittedThreshold(unanswered: EvaluatedValue | undefined): number {
  if (typeof unanswered !== 'object' || unanswered === null || !('threshold' in unanswered)) return 0;
  return unanswered.threshold ?? 0;
}
