import type { TaskPredictions } from '../task.ts';
import { sigmoid } from './scores.ts';

/** Of each label its probability and whether it is predicted and set. */
export const predictions: TaskPredictions = {
  reference: 'labels',
  predicted: 'predictions',
  of({ values }, { inputs, shape }, aggregate) {
    const names = shape.label_names;
    return inputs.map(({ labels }, row) => {
      const given = values.subarray(row * names.length, (row + 1) * names.length);
      const probabilities = aggregate === 'logits' ? given.map(sigmoid) : given;
      return {
        row,
        labels: names.filter((_, label) => labels[label] === 1),
        predictions: names.filter((_, label) => (probabilities[label] ?? 0) > 0.5),
        ...Object.fromEntries(names.map((name, label) => [`probability_${name}`, probabilities[label] ?? null])),
      };
    });
  },
};
