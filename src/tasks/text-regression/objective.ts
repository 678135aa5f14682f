import { squaredLoss } from '../../models/heads/losses.ts';
import type { TaskObjective } from '../task.ts';

export const objective: TaskObjective = {
  head: (_shape, wanted) => ({ of: 'samples', outputs: 1, pooling: wanted?.pooling ?? 'family' }),
  loss: () => squaredLoss,
  knownBound: () => 0,
};
