import { dropsAnything } from '../element-dropout.ts';
import { atLeastZero, rate, wholeFrom } from '../number-rules.ts';
import { numberForm } from './field-forms.ts';
import type { TrainingFields } from './training-field.ts';

/** Dropout, in the method's letters and as others have it. */
export interface MethodFields {
  readonly dropout_rate: number;
  readonly sparsity: number;
  readonly train_instances: number;
  readonly lora_dropout?: number;
  readonly hidden_dropout?: number;
}

export const methodFields = {
  dropout_rate: {
    alias: 'p',
    heading: 'p',
    form: numberForm(rate),
    default: 0,
    sentence: 'Probability that an input column of A, or an output row of B, is dropped in one instance',
  },
  sparsity: {
    alias: 'lambda',
    heading: 'λ',
    form: numberForm(atLeastZero),
    default: 0,
    noEffect: { when: ({ dropout_rate }) => dropout_rate === 0, words: 'at p = 0' },
    sentence: 'Weight of λ(2p−p²)Σ‖ΔW‖²_F in the loss',
  },
  train_instances: {
    alias: 'N',
    heading: 'N',
    form: numberForm(wholeFrom(1)),
    default: 1,
    noEffect: { when: (configuration) => !dropsAnything(configuration), words: 'without dropout of any kind' },
    sentence: 'Mask instances per step, whose gradients are averaged',
  },
  lora_dropout: {
    form: numberForm(rate),
    default: undefined,
    defaultWords: 'none',
    noEffect: { when: ({ lora_dropout }) => lora_dropout === 0, words: 'at 0' },
    shapes: { part: 'adapter', by: 'presence' },
    sentence:
      'Rate at which elements of an adapter’s input are dropped, as PEFT does it: its own for each linear, token and sample, what is kept divided by 1 − rate; beside p, or instead of it',
  },
  hidden_dropout: {
    form: numberForm(rate),
    default: undefined,
    defaultWords: 'none',
    noEffect: { when: ({ hidden_dropout }) => hidden_dropout === 0, words: 'at 0' },
    shapes: { part: 'adapter', by: 'presence' },
    sentence: 'The same of the base’s hidden states, where transformers has hidden dropout (BERT and its kin, GPT-2)',
  },
} as const satisfies TrainingFields<MethodFields>;
