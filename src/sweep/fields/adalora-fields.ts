import { atLeastZero, properShare, rate, wholeFrom } from '../file/number-rules.ts';
import type { TrainingConfiguration } from '../vocabulary.ts';
import { numberForm } from './field-forms.ts';
import type { TrainingFields } from './training-field.ts';

/** How ranks are taken away. Absent of every other adapter. */
export interface AdaloraFields {
  readonly orthogonality?: number;
  readonly target_rank?: number;
  readonly allocation_warmup_fraction?: number;
  readonly allocation_final_fraction?: number;
  readonly allocation_interval?: number;
  readonly sensitivity_smoothing?: number;
  readonly uncertainty_smoothing?: number;
}

/** A target that is no less than the rank takes nothing away, so that how it would be done has no effect. */
const keepsAllRanks = {
  when: ({ target_rank, rank }: TrainingConfiguration) => target_rank !== undefined && target_rank >= rank,
  words: 'where target_rank is not below rank',
};

// Defaults: PEFT's smoothing and its ratio of ranks, 12 to 8; the phases as in the recipes of arXiv 2303.10512.
export const adaloraFields = {
  orthogonality: {
    alias: 'gamma',
    form: numberForm(atLeastZero),
    default: 0.1,
    sentence: 'γ: weight of γΣ(‖QQᵀ−I‖²_F + ‖PᵀP−I‖²_F) in the loss',
  },
  target_rank: {
    form: numberForm(wholeFrom(1)),
    default: ({ rank }) => Math.max(1, Math.round((2 * rank) / 3)),
    defaultWords: 'two thirds of rank',
    noEffect: { ...keepsAllRanks, words: 'beyond rank', instead: ({ rank }) => rank },
    sentence: 'Mean rank of a linear that is left in the end',
  },
  allocation_warmup_fraction: {
    form: numberForm(rate),
    default: 0.1,
    noEffect: keepsAllRanks,
    sentence: 'Share of the steps before the first rank is taken away',
  },
  allocation_final_fraction: {
    form: numberForm(rate),
    default: 0.5,
    noEffect: keepsAllRanks,
    sentence: 'Share of the steps after the last rank has been taken away',
  },
  allocation_interval: {
    form: numberForm(wholeFrom(1)),
    default: 10,
    noEffect: keepsAllRanks,
    sentence: 'Steps from one allocation of ranks to the next',
  },
  sensitivity_smoothing: {
    form: numberForm(properShare),
    default: 0.85,
    noEffect: keepsAllRanks,
    sentence: 'β1: how slowly the average of a weight’s sensitivity follows the steps',
  },
  uncertainty_smoothing: {
    form: numberForm(properShare),
    default: 0.85,
    noEffect: keepsAllRanks,
    sentence: 'β2: how slowly the average of its uncertainty does',
  },
} as const satisfies TrainingFields<AdaloraFields>;
