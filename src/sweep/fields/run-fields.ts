import { rate, wholeFrom, type NumberRule } from '../file/number-rules.ts';
import type { TrainingConfiguration } from '../vocabulary.ts';
import { choiceForm, numberForm, numberOrWordForm, seedForm, textForm } from './field-forms.ts';
import type { TrainingFields } from './training-field.ts';

/**
 * The precision of products with frozen linears; all else is float32. int8: those of the gradient; the forward pass is
 * float32's. int8_all: both passes, faster and coarser. float16: both, with the loss scaled while gradients are taken.
 */
export type BasePrecision = (typeof basePrecisions)[number];

export const basePrecisions = ['float32', 'float16', 'int8', 'int8_all'] as const;

/** Batches, the head and its loss, arithmetic, and how long. */
export interface RunFields {
  readonly batch_size: number;
  readonly micro_batch_size?: number;
  readonly gradient_accumulation?: number;
  readonly label_smoothing?: number;
  readonly pooling?: 'family' | 'mean';
  readonly base_precision: BasePrecision;
  readonly epochs: number;
  readonly schedule?: Schedule;
  readonly warmup_fraction: number;
  readonly warmup_steps?: number;
  readonly max_length: number;
  readonly keep: Keep;
  /** Absent where the last step is kept, as the two that follow. */
  readonly keep_by?: string;
  readonly keep_every?: 'epoch' | number;
  readonly patience?: number;
  readonly seed: number;
}

/** Which step's weights a training ends with. */
export type Keep = (typeof keeps)[number];

export const keeps = ['last', 'best_on_dev'] as const;

/** Fields that say how the best step is found. By its own value alone, a field is not known to be idle. */
const keepsLast = {
  when: ({ keep }: Partial<TrainingConfiguration>) => keep === 'last',
  words: 'with keep: last',
  instead: () => undefined,
};

export const schedules = ['linear', 'cosine', 'constant'] as const;

export type Schedule = (typeof schedules)[number];

const maxLengthRule: NumberRule = { ...wholeFrom(3), expected: 'a whole number of tokens, at least 3' };
const passesValue = { part: 'passes', by: 'value' } as const;
const headValue = { part: 'head', by: 'value' } as const;

export const runFields = {
  batch_size: { form: numberForm(wholeFrom(1)), default: 32, shapes: passesValue, sentence: 'Rows of one step' },
  micro_batch_size: {
    form: numberForm(wholeFrom(1)),
    default: ({ gradient_accumulation: passes, batch_size: rows }) =>
      passes === undefined ? undefined : Math.ceil(rows / passes),
    defaultWords: 'the batch',
    noEffect: {
      when: ({ micro_batch_size = Infinity, batch_size }) => micro_batch_size >= batch_size,
      words: 'from batch_size on',
      instead: () => undefined,
    },
    shapes: passesValue,
    sentence: 'Rows that pass through the model at once, their gradients summed in order: for batches that do not fit',
  },
  gradient_accumulation: {
    form: numberForm(wholeFrom(1)),
    default: undefined,
    defaultWords: '1',
    excludes: ['micro_batch_size'],
    shown: ({ batch_size: rows, micro_batch_size: pass = rows }) => Math.ceil(rows / pass),
    noEffect: {
      when: () => true,
      words: 'but through micro_batch_size, which is batch_size / gradient_accumulation, rounded up',
      instead: () => undefined,
    },
    sentence:
      'Passes that the rows of one step are cut into; batch_size stays the rows of a step, where other programs call the rows of a pass so',
  },
  label_smoothing: {
    form: numberForm(rate),
    default: undefined,
    defaultWords: 'none',
    noEffect: { when: ({ label_smoothing }) => label_smoothing === 0, words: 'at 0' },
    shapes: headValue,
    sentence: 'Share of a class’s target that is spread evenly over all classes',
  },
  pooling: {
    form: choiceForm(['family', 'mean']),
    default: 'family',
    unwritten: true,
    shapes: headValue,
    sentence: 'What a head of classes or targets reads: as the family has it, or the mean over the tokens',
  },
  base_precision: {
    form: choiceForm(basePrecisions),
    default: 'float32',
    shapes: { part: 'adapter', by: 'value' },
    sentence:
      'What products with frozen weights are made in: int8 those of the gradients, int8_all the forward pass’ too, float16 both with a scaled loss (for graphics cards: on the CPU it saves nothing)',
  },
  epochs: {
    form: numberForm(wholeFrom(0)),
    default: 3,
    sentence: 'Passes over the train rows; 0, with `init_adapter` alone: that adapter is evaluated as it is',
  },
  schedule: {
    form: choiceForm(schedules),
    default: 'linear',
    unwritten: true,
    sentence:
      'How the learning rate goes on after the warm-up: linearly to zero, along half a cosine to zero, or as it is',
  },
  warmup_fraction: {
    form: numberForm(rate),
    default: 0.06,
    noEffect: {
      when: ({ warmup_steps }) => warmup_steps !== undefined,
      words: 'beside warmup_steps',
      instead: ({ warmup_steps }) => (warmup_steps === 0 ? 0 : 0.06),
    },
    sentence: 'Share of the steps over which the learning rate rises linearly',
  },
  warmup_steps: {
    form: numberForm(wholeFrom(0)),
    default: undefined,
    defaultWords: 'by warmup_fraction',
    excludes: ['warmup_fraction'],
    noEffect: {
      when: ({ warmup_steps }) => warmup_steps === 0,
      words: 'at 0, which is warmup_fraction 0',
      instead: () => undefined,
    },
    sentence: 'The same as a number of steps',
  },
  max_length: {
    form: numberForm(maxLengthRule),
    default: 128,
    shapes: passesValue,
    sentence: 'Tokens that a row (or pair) is cut to',
  },
  keep: {
    form: { ...choiceForm(keeps), axis: null },
    default: 'last',
    sentence:
      'Which step’s weights a training ends with: the last, or those that were best on the dev rows, which have a part in the training then (their numbers are optimistic; the test rows’ are not)',
  },
  keep_by: {
    form: { ...textForm('a metric of the task'), axis: null },
    default: ({ keep }) => (keep === 'best_on_dev' ? 'loss' : undefined),
    defaultWords: 'loss',
    noEffect: keepsLast,
    sentence:
      'The metric of the dev rows by which a step is best, of one pass without masks, the update being its expectation; of equals the earliest is kept',
  },
  keep_every: {
    form: numberOrWordForm({ ...wholeFrom(1), expected: 'a whole number of steps' }, 'epoch'),
    default: ({ keep }) => (keep === 'best_on_dev' ? 'epoch' : undefined),
    defaultWords: 'epoch',
    noEffect: keepsLast,
    sentence:
      'How often the dev rows are looked at for it, besides at the last step: each epoch, or every so many steps',
  },
  patience: {
    form: { ...numberForm(wholeFrom(1)), axis: null },
    default: undefined,
    defaultWords: 'none',
    noEffect: keepsLast,
    sentence: 'Looks in a row that find nothing better before the training stops; the schedule is that of all steps',
  },
  seed: {
    heading: 'seed',
    form: seedForm(),
    default: 0,
    alone: true,
    sentence: 'Of initial values, order of rows and masks; its values are repeats of a configuration',
  },
} as const satisfies TrainingFields<RunFields>;
