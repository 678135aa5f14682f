import { choiceLoss } from '../../models/heads/choice-loss.ts';
import type { TaskObjective } from '../task.ts';
import { letterTokens } from './settle.ts';

export const objective: TaskObjective = {
  head: (shape) => ({ of: 'next_words', tokens: letterTokens(shape) }),
  loss: ({ label_names: letters }) => choiceLoss(letters.length),
  knownBound: ({ label_names: letters }) => Math.log(letters.length),
};
