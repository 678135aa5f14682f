import type { Recipe } from '../../sweep/file/recipe.ts';
import { languageModelling } from '../language-modelling/task.ts';

/**
 * Close to what Alpaca-LoRA's finetune.py (tloen/alpaca-lora) does where it is told nothing: batches of 128 by 4, 3 epochs,
 * a rate of 3e-4 that falls linearly after 100 steps of warm-up, about 2,000 rows held out, rank 8, α = 16 on q_proj and
 * v_proj, no decay; over the cleaned instructions of its README's example. Our own choice: 512 tokens (256 there, 512 in that
 * example, whose rate is 1e-4), the loss of the responses alone (there of all tokens), and nothing dropped of single
 * elements (there lora_dropout 0.05). The adapter published there was trained otherwise (rank 16 on four linears, 10 epochs).
 */
export const alpaca: Recipe = {
  name: 'alpaca',
  sentence:
    'Close to Alpaca-LoRA’s defaults, over the cleaned instructions: 512 tokens and the loss of responses are our choice',
  source:
    'finetune.py of tloen/alpaca-lora where it is told nothing, and the rows of its README’s example; 512 tokens, the loss of responses alone and no lora_dropout are ours',
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
