import { adapterKinds } from './adapter-fields.ts';
import type { TrainingConfiguration } from './vocabulary.ts';
import type { NumberRule } from './yaml-section.ts';

/** Fields of a training configuration that a sweep file gives as numbers, fixed or as axes of the space. */
export type NumericTrainingField = {
  [Name in keyof TrainingConfiguration]-?: number extends TrainingConfiguration[Name] ? Name : never;
}[keyof TrainingConfiguration];

interface TrainingField {
  readonly name: NumericTrainingField;
  readonly alias?: string;
  readonly rule: NumberRule;
}

export const wholeFrom = (least: number): NumberRule => ({
  expected: `a whole number of at least ${least}`,
  whole: true,
  accepts: (value) => Number.isSafeInteger(value) && value >= least,
});

export const atLeastZero: NumberRule = {
  expected: 'a number of at least 0',
  whole: false,
  accepts: (value) => Number.isFinite(value) && value >= 0,
};

export const aboveZero: NumberRule = {
  expected: 'a number above 0',
  whole: false,
  accepts: (value) => Number.isFinite(value) && value > 0,
};

/** [0, 1): a rate, or a share that must leave something over. */
export const rate: NumberRule = {
  expected: 'a number in [0, 1)',
  whole: false,
  accepts: (value) => value >= 0 && value < 1,
};

/** (0, 1) */
export const properShare: NumberRule = {
  expected: 'a number between 0 and 1, both excluded',
  whole: false,
  accepts: (value) => value > 0 && value < 1,
};

export const maxLengthRule: NumberRule = { ...wholeFrom(3), expected: 'a whole number of tokens, at least 3' };

/** `p`, `lambda`, `N` and `gamma` are the method's letters; tables show them as headings. */
export const trainingFields: readonly TrainingField[] = [
  { name: 'dropout_rate', alias: 'p', rule: rate },
  { name: 'sparsity', alias: 'lambda', rule: atLeastZero },
  { name: 'train_instances', alias: 'N', rule: wholeFrom(1) },
  { name: 'lora_dropout', rule: rate },
  { name: 'hidden_dropout', rule: rate },
  { name: 'rank', rule: wholeFrom(1) },
  { name: 'alpha', rule: aboveZero },
  { name: 'learning_rate', rule: aboveZero },
  { name: 'weight_decay', rule: atLeastZero },
  { name: 'adam_beta1', rule: rate },
  { name: 'adam_beta2', rule: rate },
  { name: 'adam_epsilon', rule: aboveZero },
  { name: 'clip_norm', rule: { ...aboveZero, expected: 'a number above 0, or none' } },
  { name: 'batch_size', rule: wholeFrom(1) },
  { name: 'micro_batch_size', rule: wholeFrom(1) },
  { name: 'label_smoothing', rule: rate },
  { name: 'epochs', rule: wholeFrom(1) },
  { name: 'warmup_fraction', rule: rate },
  { name: 'max_length', rule: maxLengthRule },
  { name: 'seed', rule: wholeFrom(0) },
  { name: 'orthogonality', alias: 'gamma', rule: atLeastZero },
  { name: 'target_rank', rule: wholeFrom(1) },
  { name: 'allocation_warmup_fraction', rule: rate },
  { name: 'allocation_final_fraction', rule: rate },
  { name: 'allocation_interval', rule: wholeFrom(1) },
  { name: 'sensitivity_smoothing', rule: properShare },
  { name: 'uncertainty_smoothing', rule: properShare },
];

/** Fields with a few named values, fixed or as axes of the space. */
export const choiceFields = {
  adapter: adapterKinds,
  scaling: ['standard', 'rank_stabilized'],
  pooling: ['family', 'mean'],
  base_precision: ['float32', 'float16', 'int8', 'int8_all'],
} as const satisfies Partial<{ [Name in keyof TrainingConfiguration]: readonly TrainingConfiguration[Name][] }>;

/** What a field has where the file does not say: the settings of the PyTorch program that results are compared to. */
export const trainingDefaults: TrainingConfiguration = {
  adapter: 'lora',
  dropout_rate: 0,
  sparsity: 0,
  train_instances: 1,
  rank: 8,
  alpha: 16,
  targets: ['all-linear'],
  learning_rate: 5e-4,
  weight_decay: 0.01,
  decay_biases: true,
  adam_beta1: 0.9,
  adam_beta2: 0.999,
  adam_epsilon: 1e-8,
  clip_norm: 1,
  batch_size: 32,
  epochs: 3,
  warmup_fraction: 0.06,
  max_length: 128,
  base_precision: 'float32',
  keep: 'last',
  seed: 0,
};
