import type { TaskPredictions } from '../task.ts';
import { thawQuestion } from './rows.ts';
import { choiceProbabilities, largest } from './scores.ts';

/** The chosen letter of each question, the right one, and the probability of each among the letters. */
export const predictions: TaskPredictions = {
  reference: 'label',
  predicted: 'prediction',
  of(mean, { inputs, rows, shape }, aggregate) {
    const letters = shape.label_names;
    return choiceProbabilities(mean, aggregate).map((probabilities, index) => {
      const { row = index, labels = [] } = inputs[index] ?? {};
      return {
        row,
        subject: thawQuestion(rows[row] ?? {}).subject,
        label: letters[labels[0] ?? -1] ?? null,
        prediction: letters[largest(probabilities)] ?? null,
        ...Object.fromEntries(
          letters.map((letter, choice) => [`probability_${letter}`, probabilities[choice] ?? null]),
        ),
      };
    });
  },
};
