import type { Recipe } from '../../sweep/file/recipe.ts';

/** The usual rate of a full fine-tuning with AdamW. */
const fullFineTuningRate = 2e-5;

/**
 * The setting that "LoRA Without Regret" (Thinking Machines, 2025) found to do as well as a full fine-tuning: all
 * linears, a rate 10 times as great whatever the rank, α = 32, a constant rate, batches that are not large.
 */
export const withoutRegret: Recipe = {
  name: 'without-regret',
  sentence: `All linears, α = 32 and a constant rate 10 times a full fine-tuning’s usual ${fullFineTuningRate}`,
  source:
    '“LoRA Without Regret” (Thinking Machines, 2025): targets, α, schedule and the tenfold rate; rank and batch are ours',
  fields: {
    training: {
      adapter: 'lora',
      rank: 16,
      alpha: 32,
      targets: 'all-linear',
      learning_rate: 10 * fullFineTuningRate,
      schedule: 'constant',
      warmup_fraction: 0,
      weight_decay: 0,
      batch_size: 32,
    },
  },
};
