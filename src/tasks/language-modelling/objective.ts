import { nextTokenLoss } from '../../models/losses.ts';
import type { TaskObjective } from '../task.ts';

export const objective: TaskObjective = {
  head: () => ({ of: 'next_tokens' }),
  loss: () => nextTokenLoss,
  knownBound: () => 0,
};
