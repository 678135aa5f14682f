import type { TaskPredictions } from '../task.ts';
import { answersOf } from './scores.ts';

/** The answer to each question, empty where there is none; SQuAD takes them by their ids. */
export const predictions: TaskPredictions = {
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
