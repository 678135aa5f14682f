import { nextTokenLoss } from '../../models/heads/losses.ts';
import type { TaskObjective } from '../task.ts';

export const objective: TaskObjective = {
  head: () => ({ of: 'next_tokens' }),
  loss: () => nextTokenLoss,
  severalTexts: ({ settings }) => settings?.['pack'] === true,
  knownBound: () => 0,
};
