import type { Recipe } from '../../sweep/recipe.ts';
import { languageModelling } from '../language-modelling/task.ts';

/**
 * Alpaca-LoRA's setting (finetune.py and README of tloen/alpaca-lora: batches of 128 by 4, 3 epochs, rate 3e-4, 512 tokens, 2,000
 * rows held out, rank 8, α = 16 on q_proj and v_proj) over the cleaned instructions. Otherwise than there, the loss is of
 * the responses alone and nothing is dropped of single elements (there lora_dropout 0.05).
 */
export const alpaca: Recipe = {
  name: 'alpaca',
  sentence: 'Alpaca-LoRA’s setting of instruction tuning over the cleaned instructions',
  fields: {
    task: {
      kind: languageModelling.section.kind,
      prompt: 'alpaca',
      data: { hub: 'yahma/alpaca-cleaned', dev: { fraction: 0.0386, seed: 0 } },
    },
    training: {
      adapter: 'lora',
      rank: 8,
      alpha: 16,
      targets: ['q_proj', 'v_proj'],
      learning_rate: 3e-4,
      schedule: 'linear',
      warmup_steps: 100,
      weight_decay: 0,
      batch_size: 128,
      micro_batch_size: 4,
      epochs: 3,
      max_length: 512,
    },
  },
};
