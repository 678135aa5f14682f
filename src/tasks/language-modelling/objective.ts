import { nextTokenLoss } from '../../models/losses.ts';
import type { TaskObjective } from '../task.ts';

export const objective: TaskObjective = {
  head: () => ({ of: 'next_tokens' }),
  loss: () => nextTokenLoss,
  severalTexts: ({ settings }) => settings?.['pack'] === true,
  knownBound: () => 0,
};
