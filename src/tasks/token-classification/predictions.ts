import type { TaskPredictions } from '../task.ts';
import { thawTags } from './rows.ts';
import { tagsOf } from './scores.ts';

/** Words and tags of each sentence; a word that the tokenizer makes nothing of is left out. */
export const predictions: TaskPredictions = {
  reference: 'tags',
  predicted: 'predictions',
  of: (mean, evaluated) =>
    tagsOf(mean, evaluated).map(({ predicted, reference }, row) => ({
      row,
      tokens: thawTags(evaluated.rows[row] ?? {}).tokens,
      tags: reference,
      predictions: predicted,
    })),
};
