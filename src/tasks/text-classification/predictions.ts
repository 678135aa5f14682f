import { predictedClasses } from '../../evaluate/predicted-classes.ts';
import { softmax } from '../../evaluate/softmax.ts';
import type { TaskPredictions } from '../task.ts';
import { labelsOf } from '../text-rows.ts';

/** The predicted class of each row, its own, and every class' probability. */
export const predictions: TaskPredictions = {
  reference: 'label',
  predicted: 'prediction',
  of({ values }, evaluated, aggregate) {
    const names = evaluated.shape.label_names;
    const probabilities = aggregate === 'logits' ? softmax(values, names.length) : values;
    const predicted = predictedClasses(probabilities, names.length);
    return labelsOf(evaluated).map((label, row) => ({
      row,
      label: names[label] ?? null,
      prediction: names[predicted[row] ?? -1] ?? null,
      ...Object.fromEntries(
        names.map((name, index) => [`probability_${name}`, probabilities[row * names.length + index] ?? null]),
      ),
    }));
  },
};
