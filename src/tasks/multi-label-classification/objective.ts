import { labelSetLoss } from '../../models/heads/losses.ts';
import type { TaskObjective } from '../task.ts';

export const objective: TaskObjective = {
  head: ({ label_names: names }, wanted) => ({
    of: 'samples',
    outputs: names.length,
    pooling: wanted?.pooling ?? 'family',
  }),
  loss: ({ label_names: names }, wanted) => labelSetLoss(names.length, wanted?.label_smoothing),
  knownBound: () => Math.LN2,
};
