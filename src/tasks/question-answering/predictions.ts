import type { EvaluatedValue } from '../../metrics/values/evaluation-metrics.ts';
import type { TaskPredictions } from '../task.ts';
import { possibleAnswers } from './judge.ts';
import { answersOf, spanScores } from './scores.ts';

/** Answers to a question that are told beside the one that is given. */
const told = 5;

/** The answer to each question, empty where there is none; SQuAD takes them by their ids. */
export const predictions: TaskPredictions = {
  reference: 'references',
  predicted: 'prediction',
  settled: (judging, { unanswered }) =>
    judging['null_threshold'] === 'fitted' ? { ...judging, null_threshold: fittedThreshold(unanswered) } : judging,
  of(mean, evaluated, aggregate) {
    const possible = possibleAnswers(spanScores(mean, aggregate), evaluated);
    return answersOf(mean, evaluated, aggregate).answers.map(({ id, prediction, references, nullMargin }, row) => ({
      id,
      prediction,
      references,
      probability: possible[row]?.find(({ text }) => text === prediction)?.probability ?? null,
      null_margin: nullMargin,
      n_best: (possible[row] ?? []).slice(0, told).map((answer) => ({ ...answer })),
    }));
  },
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
