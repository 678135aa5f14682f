import { randomUUID } from 'node:crypto';
import { sha256 } from '../../src/base/sha256.ts';
import type { TrainSegment } from '../../src/sweep/segment.ts';
import type { TrainingConfiguration } from '../../src/sweep/vocabulary.ts';

export const simulatedConfiguration: TrainingConfiguration = {
  adapter: 'lora',
  dropout_rate: 0.5,
  sparsity: 0,
  train_instances: 2,
  rank: 8,
  alpha: 16,
  targets: ['all-linear'],
  learning_rate: 1e-3,
  weight_decay: 0,
  decay_biases: true,
  adam_beta1: 0.9,
  adam_beta2: 0.999,
  adam_epsilon: 1e-8,
  clip_norm: 1,
  batch_size: 8,
  epochs: 1,
  warmup_fraction: 0,
  max_length: 64,
  base_precision: 'float32',
  keep: 'last',
  seed: 1,
};

export interface SimulatedSegmentOptions {
  readonly steps: number;
  readonly stepMs?: number;
  readonly crashRate?: number;
  readonly failureRate?: number;
}

/** A first attempt at a whole simulated training, of a hash that no other has. */
export function simulatedTrainSegment(options: SimulatedSegmentOptions): TrainSegment {
  return {
    kind: 'train',
    lease: { segmentId: randomUUID(), epoch: 1 },
    trainingId: randomUUID(),
    trainingHash: sha256(randomUUID()),
    rung: 0,
    specification: {
      trainer: 'simulated',
      trainer_version: 'simulated-1',
      configuration: simulatedConfiguration,
      base: { reference: 'simulated', folder: '', content_hash: '', tokenizer_hash: '' },
      task: { kind: 'classification', label_names: ['no', 'yes'] },
      train: { hash: sha256('train'), rows: 64 },
      total_steps: options.steps,
      simulation: {
        step_ms: options.stepMs ?? 0,
        failure_rate: options.failureRate ?? 0,
        crash_rate: options.crashRate ?? 0,
        steps: options.steps,
      },
    },
    checkpoint: null,
    endStep: options.steps,
    attempt: 1,
    pack: 1,
  };
}
