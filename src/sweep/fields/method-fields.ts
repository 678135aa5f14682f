import { dropsAnything, dropsElements, elementRates } from '../element-dropout.ts';
import { atLeastZero, rate, wholeFrom } from '../file/number-rules.ts';
import type { TrainingConfiguration } from '../vocabulary.ts';
import { choiceForm, numberForm } from './field-forms.ts';
import type { TrainingFields } from './training-field.ts';

/** Dropout, in the method's letters and as others have it. */
export interface MethodFields {
  readonly dropout_rate: number;
  readonly sparsity: number;
  readonly train_instances: number;
  readonly masked?: MaskedPart;
  readonly mask_sharing?: MaskSharing;
  readonly mask_scaling?: MaskScaling;
  readonly lora_dropout?: number;
  readonly hidden_dropout?: number;
}

/** The part that a mask drops: columns of A and rows of B, either alone, or ranks between them. */
export type MaskedPart = (typeof maskedParts)[number];
/** Who has the same masks: all rows of an instance, all instances of a step, or one row alone. */
export type MaskSharing = (typeof maskSharings)[number];
export type MaskScaling = (typeof maskScalings)[number];

const maskedParts = ['columns_and_rows', 'columns', 'rows', 'rank'] as const;
const maskSharings = ['instance', 'step', 'row'] as const;
const maskScalings = ['none', 'inverse'] as const;

const atRateZero = {
  when: ({ dropout_rate }: TrainingConfiguration) => dropout_rate === 0,
  words: 'at p = 0',
  instead: () => undefined,
};

/** Masks that all instances of a step share make them one, where nothing else is drawn for each. */
const areOne = (configuration: TrainingConfiguration): boolean =>
  configuration.mask_sharing === 'step' && !dropsElements(elementRates(configuration));

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
    noEffect: {
      when: ({ dropout_rate, masked }) => dropout_rate === 0 || masked === 'rank',
      words: 'at p = 0, or with masked: rank',
    },
    sentence: 'Weight of λ(2p−p²)Σ‖ΔW‖²_F in the loss; where one mask is drawn, of λpΣ‖ΔW‖²_F',
  },
  train_instances: {
    alias: 'N',
    heading: 'N',
    form: numberForm(wholeFrom(1)),
    default: 1,
    noEffect: {
      when: (configuration) => !dropsAnything(configuration) || areOne(configuration),
      words: 'without dropout of any kind, or where instances share their masks and drop no elements',
    },
    sentence: 'Mask instances per step, whose gradients are averaged',
  },
  masked: {
    form: choiceForm(maskedParts),
    default: 'columns_and_rows',
    unwritten: true,
    noEffect: atRateZero,
    shapes: { part: 'adapter', by: 'value' },
    sentence:
      'What a mask is drawn over: columns of A and rows of B, as the method has it, one of them alone, or the ranks between (DropLoRA, arXiv 2508.17337); formulas in docs/variants.md',
  },
  mask_sharing: {
    form: choiceForm(maskSharings),
    default: 'instance',
    unwritten: true,
    noEffect: {
      when: (configuration) =>
        configuration.dropout_rate === 0 ||
        (configuration.mask_sharing === 'step' && (areOne(configuration) || configuration.train_instances === 1)),
      words: 'at p = 0; step: where N is 1 or no elements are dropped',
      instead: () => undefined,
    },
    shapes: { part: 'adapter', by: 'value' },
    sentence:
      'Who has the same masks: all rows of one instance, as the method has it, all instances of a step, or each row its own',
  },
  mask_scaling: {
    form: choiceForm(maskScalings),
    default: 'none',
    unwritten: true,
    noEffect: atRateZero,
    sentence:
      'inverse: what a mask keeps is multiplied by 1/(1−p), so that the update’s expectation is itself; none: it is not, as in the method’s equations',
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
