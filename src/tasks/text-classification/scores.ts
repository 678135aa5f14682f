import { predictedClasses } from '../../evaluate/predicted-classes.ts';
import { classScores } from '../../metrics/forms/scored-set.ts';
import { negativeLogLikelihoods, softmax } from '../../evaluate/softmax.ts';
import { mean } from '../mean.ts';
import type { EvaluatedRows, TaskScores } from '../task.ts';
import { labelsOf } from '../text-rows.ts';

/**
 * Logits are averaged, or probabilities; the negative log-likelihood is convex in either.
 * Outputs are [rows, classes].
 */
export const scores: TaskScores = {
  averaged({ values, offsets }, aggregate, { label_names: names }) {
    return { values: aggregate === 'logits' ? values : softmax(values, names.length), offsets };
  },
  memberLoss: ({ values }, evaluated) =>
    mean(negativeLogLikelihoods(values, classCount(evaluated), labelsOf(evaluated))),
  loss({ values }, evaluated, aggregate) {
    const classes = classCount(evaluated);
    const labels = labelsOf(evaluated);
    if (aggregate === 'logits') return mean(negativeLogLikelihoods(values, classes, labels));
    const ofLabel = (label: number, row: number) => values[row * classes + label] ?? 0;
    return mean(labels.map((label, row) => -Math.log(Math.max(ofLabel(label, row), Number.MIN_VALUE))));
  },
  score({ values }, evaluated, aggregate) {
    const classes = classCount(evaluated);
    const probabilities = aggregate === 'logits' ? softmax(values, classes) : values;
    const predictions = predictedClasses(probabilities, classes);
    return classScores.set({
      names: evaluated.shape.label_names,
      probabilities,
      predictions,
      labels: labelsOf(evaluated),
    });
  },
};

function classCount({ shape }: EvaluatedRows): number {
  return shape.label_names.length;
}
