import { classLoss } from '../../models/losses.ts';
import type { TaskObjective } from '../task.ts';

export const objective: TaskObjective = {
  head: ({ label_names: names }, wanted) => ({
    of: 'samples',
    outputs: names.length,
    pooling: wanted?.pooling ?? 'family',
  }),
  loss: (wanted) => classLoss(wanted?.label_smoothing),
  knownBound: ({ label_names: names }) => Math.log(names.length),
};
