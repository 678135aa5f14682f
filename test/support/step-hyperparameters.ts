import type { StepHyperparameters } from '../../src/train/engine/adapter-engine.ts';

/** One step's settings for tests that look at something else. */
export const stepHyperparameters: StepHyperparameters = {
  droppedShare: 0.75,
  sparsity: 0.01,
  orthogonality: 0,
  learningRate: 1e-2,
  headRate: null,
  weightDecay: 0.1,
  decayBiases: true,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clipNorm: 1,
  microBatchRows: null,
};
