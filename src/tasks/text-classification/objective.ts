import { z } from 'zod';
import { classLoss } from '../../models/heads/losses.ts';
import type { TaskShape } from '../../sweep/vocabulary.ts';
import type { TaskObjective } from '../task.ts';

export const objective: TaskObjective = {
  head: ({ label_names: names }, wanted) => ({
    of: 'samples',
    outputs: names.length,
    pooling: wanted?.pooling ?? 'family',
  }),
  loss: (shape, wanted) => classLoss(wanted?.label_smoothing, weightsOf(shape)),
  knownBound: (shape) => Math.log(shape.label_names.length) * Math.max(...(weightsOf(shape) ?? [1])),
};

const settings = z.object({ class_weights: z.array(z.number()).optional() });

/** What a row of each class counts; null: all count alike. */
function weightsOf(shape: TaskShape): readonly number[] | null {
  return settings.parse(shape.settings ?? {}).class_weights ?? null;
}
