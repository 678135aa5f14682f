import type { Recipe } from '../../sweep/recipe.ts';
import { languageModelling } from '../language-modelling/task.ts';

/** Alpaca-LoRA's setting (tloen/alpaca-lora) over the cleaned instructions, of which 2,000 are held out. */
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
