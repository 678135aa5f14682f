import { stream } from '../../random/stream.ts';
import { elementRates } from '../../sweep/element-dropout.ts';
import type { EvaluationMetrics } from '../../metrics/values/evaluation-metrics.ts';
import type { EvaluationConfiguration, TrainingConfiguration } from '../../sweep/vocabulary.ts';

/** Parameters that a simulated training claims to have. */
export const simulatedParameters = 1_000;

/**
 * Training loss after `step` steps: an exponential fall from ln 2 to a floor that rises with p and λ and is lowest near
 * a learning rate of 1e-3. No training happened; the shape is plausible, the numbers mean nothing.
 */
export function simulatedLoss(configuration: TrainingConfiguration, step: number, totalSteps: number): number {
  const { dropout_rate: p, sparsity, learning_rate: rate, train_instances: instances } = configuration;
  const detuning = Math.abs(Math.log10(rate / 1e-3));
  const floor = 0.05 + 0.12 * p + 0.5 * sparsity + 0.08 * detuning - 0.01 * Math.log2(instances);
  const progress = step / Math.max(1, totalSteps);
  return floor + (Math.LN2 - floor) * Math.exp((-4 * progress) / (1 + detuning));
}

/** Evaluation of a simulated adapter: overfitting shrinks with dropout of each kind, calibration improves with M. Analytic, as above. */
export function simulatedMetrics(
  training: TrainingConfiguration,
  evaluation: EvaluationConfiguration,
  progress: number,
  rows: number,
): EvaluationMetrics {
  const trainLoss = simulatedLoss(training, progress, 1);
  const { lora_dropout, hidden_dropout } = elementRates(training);
  const gap = 0.3 * (1 - training.dropout_rate) * (1 - lora_dropout) * (1 - hidden_dropout) * progress;
  const seedNoise = 0.01 * (stream(training.seed, 'simulated_evaluation').uniforms(1)[0] ?? 0);
  const memberLoss = trainLoss + gap + seedNoise;
  const loss = memberLoss * (1 - 0.05 * Math.log2(evaluation.ensemble_size));
  const accuracy = Math.exp(-loss);
  return {
    rows,
    accuracy,
    f1: accuracy,
    matthews: 2 * accuracy - 1,
    pearson: null,
    spearman: null,
    loss,
    brier: (1 - accuracy) ** 2,
    ece: (0.1 * (1 - 0.5 * training.dropout_rate)) / evaluation.ensemble_size,
    reliability: [],
    mean_member_loss: memberLoss,
    train_accuracy: Math.exp(-trainLoss),
    train_loss: trainLoss,
    accuracy_gap: Math.exp(-trainLoss) - accuracy,
    loss_gap: trainLoss - loss,
    collapsed: false,
    expected_kept_entries: simulatedParameters * (1 - training.dropout_rate) ** 2,
    inference_passes: evaluation.ensemble_size,
  };
}
