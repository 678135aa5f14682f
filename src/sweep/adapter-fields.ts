import type { AdapterKind, TrainingConfiguration } from './vocabulary.ts';

/** Fields of a training configuration that not every adapter has. All are numbers. */
export const adapterFieldNames = [
  'orthogonality',
  'target_rank',
  'allocation_warmup_fraction',
  'allocation_final_fraction',
  'allocation_interval',
  'sensitivity_smoothing',
  'uncertainty_smoothing',
] as const satisfies readonly (keyof TrainingConfiguration)[];

export type AdapterField = (typeof adapterFieldNames)[number];
export type AdapterFields = Partial<Record<AdapterField, number>>;

/** The fields that are an adapter's own, as they are where the file does not say. */
export const adapterDefaults: Readonly<Record<AdapterKind, (rank: number) => AdapterFields>> = {
  lora: () => ({}),
  // PEFT's smoothing and its ratio of ranks, 12 to 8; the phases as in the recipes of arXiv 2303.10512.
  adalora: (rank) => ({
    orthogonality: 0.1,
    target_rank: Math.max(1, Math.round((2 * rank) / 3)),
    allocation_warmup_fraction: 0.1,
    allocation_final_fraction: 0.5,
    allocation_interval: 10,
    sensitivity_smoothing: 0.85,
    uncertainty_smoothing: 0.85,
  }),
};

export const adapterKinds = ['lora', 'adalora'] as const satisfies readonly AdapterKind[];
