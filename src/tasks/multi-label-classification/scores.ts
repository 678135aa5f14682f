import { labelSetScores } from '../../metrics/forms/scored-set.ts';
import type { EvaluatedRows, TaskScores } from '../task.ts';

/**
 * Logits are averaged, or probabilities; the binary cross-entropy is convex in either.
 * Outputs are [rows, labels].
 */
export const scores: TaskScores = {
  averaged({ values, offsets }, aggregate) {
    return { values: aggregate === 'logits' ? values : Float64Array.from(values, sigmoid), offsets };
  },
  memberLoss: ({ values }, evaluated) => meanOver(labelsOf(evaluated), (set, i) => logitLoss(values[i] ?? 0, set)),
  loss({ values }, evaluated, aggregate) {
    const labels = labelsOf(evaluated);
    if (aggregate === 'logits') return meanOver(labels, (set, i) => logitLoss(values[i] ?? 0, set));
    const ofLabel = (set: number, i: number): number => (set === 1 ? (values[i] ?? 0) : 1 - (values[i] ?? 0));
    return meanOver(labels, (set, i) => -Math.log(Math.max(ofLabel(set, i), Number.MIN_VALUE)));
  },
  score({ values }, evaluated, aggregate) {
    const half = aggregate === 'logits' ? 0 : 0.5;
    const predictions = Uint8Array.from(values, (value) => (value > half ? 1 : 0));
    return labelSetScores.set({ names: evaluated.shape.label_names, predictions, labels: labelsOf(evaluated) });
  },
};

/** [rows, labels] */
function labelsOf({ inputs }: EvaluatedRows): Uint8Array {
  return Uint8Array.from(inputs.flatMap(({ labels }) => [...labels]));
}

function meanOver(labels: Uint8Array, lossOf: (set: number, i: number) => number): number {
  return labels.reduce((sum, set, i) => sum + lossOf(set, i), 0) / labels.length;
}

/** −log σ(z) where the label is set, else −log σ(−z). */
function logitLoss(logit: number, set: number): number {
  const away = set === 1 ? -logit : logit;
  return Math.max(away, 0) + Math.log1p(Math.exp(-Math.abs(away)));
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
