import type { EvaluationMetrics } from '../sweep/evaluation-metrics.ts';
import type { TaskShape } from '../sweep/vocabulary.ts';
import { aggregateMembers } from './aggregate-members.ts';
import { brier, expectedCalibrationError, reliabilityBins } from './calibration.ts';
import { accuracy, confusionMatrix, f1, matthews, predictedClasses } from './classification-metrics.ts';
import { meanSquaredError, pearson, spearman } from './regression-metrics.ts';
import { negativeLogLikelihoods, softmax } from './softmax.ts';
import { assertTheorem45 } from './theorem-45.ts';

/** The outputs of M members (or of one pass) on a set of rows. */
export interface MemberOutputs {
  /** [M] of [rows, classes]; one class for a regression */
  readonly members: readonly Float32Array[];
  readonly labels: readonly number[];
}

export interface EvaluationInputs {
  readonly task: TaskShape;
  readonly aggregate: 'logits' | 'probabilities';
  readonly evaluated: MemberOutputs;
  /** The same mode on a fixed subsample of the train rows. */
  readonly train: MemberOutputs;
  /** (1−p)² × entries of ΔW over all modules. */
  readonly expectedKeptEntries: number;
}

type SetMetrics = Omit<
  EvaluationMetrics,
  'train_accuracy' | 'train_loss' | 'accuracy_gap' | 'loss_gap' | 'expected_kept_entries' | 'inference_passes'
>;

/**
 * All metrics of one evaluation, and the aggregated outputs [rows, classes] that they are of: mean logits or mean
 * probabilities. Gaps are train − dev for accuracy and for loss alike.
 * @throws Error when Theorem 4.5 does not hold, which is a defect
 */
export function evaluateOutputs(inputs: EvaluationInputs): { metrics: EvaluationMetrics; aggregated: Float64Array } {
  const { task, aggregate } = inputs;
  const { metrics, aggregated } = setMetrics(task, aggregate, inputs.evaluated);
  const train = setMetrics(task, aggregate, inputs.train).metrics;
  return {
    aggregated,
    metrics: {
      ...metrics,
      train_accuracy: train.accuracy,
      train_loss: train.loss,
      accuracy_gap: train.accuracy === null || metrics.accuracy === null ? null : train.accuracy - metrics.accuracy,
      loss_gap: train.loss - metrics.loss,
      expected_kept_entries: inputs.expectedKeptEntries,
      inference_passes: inputs.evaluated.members.length,
    },
  };
}

function setMetrics(
  task: TaskShape,
  aggregate: 'logits' | 'probabilities',
  outputs: MemberOutputs,
): { metrics: SetMetrics; aggregated: Float64Array } {
  return task.kind === 'classification'
    ? classification(task.label_names.length, aggregate, outputs)
    : regression(outputs);
}

function classification(
  classes: number,
  aggregate: 'logits' | 'probabilities',
  { members, labels }: MemberOutputs,
): { metrics: SetMetrics; aggregated: Float64Array } {
  const aggregated = aggregateMembers(members, classes, aggregate);
  const probabilities = aggregate === 'logits' ? softmax(aggregated, classes) : aggregated;
  const losses =
    aggregate === 'logits'
      ? negativeLogLikelihoods(aggregated, classes, labels)
      : Float64Array.from(
          labels,
          (label, row) => -Math.log(Math.max(probabilities[row * classes + label] ?? 0, Number.MIN_VALUE)),
        );
  const loss = mean(losses);
  const meanMemberLoss = mean(members.map((member) => mean(negativeLogLikelihoods(member, classes, labels))));
  assertTheorem45(loss, meanMemberLoss);
  const predictions = predictedClasses(probabilities, classes);
  const confusion = confusionMatrix(predictions, labels, classes);
  const reliability = reliabilityBins(probabilities, classes, predictions, labels);
  const metrics: SetMetrics = {
    rows: labels.length,
    accuracy: accuracy(confusion),
    f1: f1(confusion),
    matthews: matthews(confusion),
    pearson: null,
    spearman: null,
    loss,
    brier: brier(probabilities, classes, labels),
    ece: expectedCalibrationError(reliability),
    reliability,
    mean_member_loss: meanMemberLoss,
    collapsed: new Set(predictions).size === 1 && new Set(labels).size > 1,
  };
  return { metrics, aggregated };
}

function regression({ members, labels }: MemberOutputs): { metrics: SetMetrics; aggregated: Float64Array } {
  const aggregated = aggregateMembers(members, 1, 'logits');
  const loss = meanSquaredError(aggregated, labels);
  const meanMemberLoss = mean(members.map((member) => meanSquaredError(member, labels)));
  assertTheorem45(loss, meanMemberLoss);
  const metrics: SetMetrics = {
    rows: labels.length,
    accuracy: null,
    f1: null,
    matthews: null,
    pearson: pearson(aggregated, labels),
    spearman: spearman(aggregated, labels),
    loss,
    brier: null,
    ece: null,
    reliability: [],
    mean_member_loss: meanMemberLoss,
    collapsed: false,
  };
  return { metrics, aggregated };
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}
