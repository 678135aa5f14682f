import { spanLoss } from '../../models/heads/losses.ts';
import type { TaskObjective } from '../task.ts';

export const objective: TaskObjective = {
  head: () => ({ of: 'tokens', outputs: 2, linear: 'qa_outputs' }),
  loss: () => spanLoss,
  knownBound: () => 0,
};
