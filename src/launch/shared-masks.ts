import { kindsOf } from '../sweep/training-kinds.ts';
import type { SweepPlan } from '../sweep/sweep-definition.ts';
import { taskOf } from '../tasks/tasks.ts';

/** What a launch is told of masks for each row, where an input of a training holds several rows: they have one mask. */
export function sharedMasks({ inputs: { task }, trainings }: SweepPlan): readonly string[] {
  if (taskOf(task).objective.severalTexts?.(task) !== true) return [];
  const isOfRows = kindsOf(trainings).some(({ first }) => first.specification.configuration.mask_sharing === 'row');
  if (!isOfRows) return [];
  return ['warning: mask_sharing: row draws a mask for each input: texts that are packed into one share it'];
}
