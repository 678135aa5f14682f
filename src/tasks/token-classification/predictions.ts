import type { TaskPredictions } from '../task.ts';
import { thawTags } from './rows.ts';
import { tagProbabilities, tagsOf } from './scores.ts';

/** Words of each sentence with a tag, a prediction and its probability for each; null where the tokenizer makes nothing of a word. */
export const predictions: TaskPredictions = {
  reference: 'tags',
  predicted: 'predictions',
  of: (mean, evaluated, aggregate) => {
    const probabilities = tagProbabilities(mean, evaluated, aggregate);
    return tagsOf(mean, evaluated).map(({ predicted, words }, row) => {
      const { tokens, tags } = thawTags(evaluated.rows[row] ?? {});
      // Of a word that stands in two windows the first counts.
      const given = new Map(words.map((word, index) => [word, index] as const).toReversed());
      const ofWord = <Value>(values: readonly Value[] | undefined) =>
        tokens.map((_, word) => values?.[given.get(word) ?? -1] ?? null);
      return {
        row,
        tokens,
        tags: tags.map((tag) => evaluated.shape.label_names[tag] ?? null),
        predictions: ofWord(predicted),
        probabilities: ofWord(probabilities[row]),
      };
    });
  },
};
