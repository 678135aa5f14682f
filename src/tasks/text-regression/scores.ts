import { meanSquaredError } from '../../evaluate/mean-squared-error.ts';
import { valueScores } from '../../metrics/forms/scored-set.ts';
import type { TaskScores } from '../task.ts';
import { labelsOf } from '../text-rows.ts';

/** Predictions are averaged, whatever is asked to be; the squared error is convex in them. Outputs are [rows, 1]. */
export const scores: TaskScores = {
  averaged: (outputs) => outputs,
  memberLoss: ({ values }, evaluated) => meanSquaredError(values, labelsOf(evaluated)),
  loss: ({ values }, evaluated) => meanSquaredError(values, labelsOf(evaluated)),
  score: ({ values }, evaluated) => valueScores.set({ predictions: values, targets: labelsOf(evaluated) }),
};
