import type { TaskPredictions } from '../task.ts';
import { thawTags } from './rows.ts';
import { tagsOf } from './scores.ts';

/** Words of each sentence with a tag and a prediction for each; null where the tokenizer makes nothing of a word. */
export const predictions: TaskPredictions = {
  reference: 'tags',
  predicted: 'predictions',
  of: (mean, evaluated) =>
    tagsOf(mean, evaluated).map(({ predicted, words }, row) => {
      const { tokens, tags } = thawTags(evaluated.rows[row] ?? {});
      const given = new Map<number, string>();
      for (const [index, word] of words.entries()) given.set(word, given.get(word) ?? predicted[index] ?? '');
      return {
        row,
        tokens,
        tags: tags.map((tag) => evaluated.shape.label_names[tag] ?? null),
        predictions: tokens.map((_, word) => given.get(word) ?? null),
      };
    }),
};
