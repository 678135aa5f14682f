import type { TaskPredictions } from '../task.ts';
import { labelsOf } from '../text-rows.ts';

export const predictions: TaskPredictions = {
  reference: 'target',
  predicted: 'prediction',
  of: ({ values }, evaluated) =>
    labelsOf(evaluated).map((target, row) => ({ row, target, prediction: values[row] ?? null })),
};
