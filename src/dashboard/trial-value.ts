import type { EvaluationMetrics } from '../sweep/evaluation-metrics.ts';
import type { TrialRow } from '../store/sweep-snapshot.ts';

/**
 * The number that a trial has for a metric's name: one of the evaluation's metrics, `complexity`, or a cost
 * (`train_seconds`, `trainable_parameters`). Null where it has none (yet).
 */
export function trialValue(trial: TrialRow, metric: string): number | null {
  if (metric === 'complexity') return trial.complexity;
  if (metric === 'train_seconds') return trial.trainSeconds;
  if (metric === 'trainable_parameters') return trial.trainableParameters;
  const metrics: EvaluationMetrics | null = trial.metrics;
  if (metrics === null) return null;
  const value = Object.entries(metrics).find(([name]) => name === metric)?.[1];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
