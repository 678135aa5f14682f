import { aboveZero, atLeastZero, rate } from '../file/number-rules.ts';
import { flagForm, numberForm, numberOrNoneForm } from './field-forms.ts';
import type { TrainingFields } from './training-field.ts';

/** AdamW. */
export interface OptimiserFields {
  readonly learning_rate: number;
  readonly lr_head?: number;
  readonly weight_decay: number;
  readonly decay_biases: boolean;
  readonly adam_beta1: number;
  readonly adam_beta2: number;
  readonly adam_epsilon: number;
  /** Null: not clipped. */
  readonly clip_norm: number | null;
}

export const optimiserFields = {
  learning_rate: {
    heading: 'lr',
    form: numberForm(aboveZero),
    default: 5e-4,
    alone: { unless: 'lr_head' },
    sentence: 'Greatest learning rate of AdamW',
  },
  lr_head: {
    form: numberForm(aboveZero),
    default: undefined,
    defaultWords: 'learning_rate',
    noEffect: {
      when: ({ lr_head, learning_rate }) => lr_head === learning_rate,
      words: 'where it is learning_rate',
      instead: () => undefined,
    },
    sentence: 'Greatest learning rate of the head, on the same schedule; learning_rate is then the adapters’ alone',
  },
  weight_decay: {
    form: numberForm(atLeastZero),
    default: 0.01,
    alone: true,
    sentence: 'AdamW’s decay of weights',
  },
  decay_biases: { form: flagForm, default: true, sentence: 'Whether biases, which are vectors, decay too' },
  adam_beta1: { form: numberForm(rate), default: 0.9, sentence: 'How slowly AdamW’s mean of gradients follows' },
  adam_beta2: { form: numberForm(rate), default: 0.999, sentence: 'How slowly its mean of squared gradients does' },
  adam_epsilon: { form: numberForm(aboveZero), default: 1e-8, sentence: 'AdamW’s ε' },
  clip_norm: {
    form: numberOrNoneForm(aboveZero),
    default: 1,
    sentence: 'Global L2 norm that a step’s mean gradient is clipped to',
  },
} as const satisfies TrainingFields<OptimiserFields>;
