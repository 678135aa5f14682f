import { z } from 'zod';
import { DropsweepError } from '../base/errors.ts';

const count = z.number().int().positive();

/** The members of config.json that BERT's graph depends on, as transformers names them. */
const bertSchema = z.object({
  model_type: z.literal('bert'),
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  vocab_size: count,
  max_position_embeddings: count,
  type_vocab_size: count,
  layer_norm_eps: z.number().positive().default(1e-12),
  initializer_range: z.number().positive().default(0.02),
  hidden_act: z.literal('gelu').default('gelu'),
  position_embedding_type: z.literal('absolute').default('absolute'),
  is_decoder: z.literal(false).default(false),
  add_cross_attention: z.literal(false).default(false),
});

export type BertConfiguration = z.infer<typeof bertSchema>;

/** @throws MODEL_UNSUPPORTED naming each option that the engine does not build: never a silently different model */
export function readBertConfiguration(config: unknown, file: string): BertConfiguration {
  const result = bertSchema.safeParse(config);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw unsupported(file, problems.join('; '));
  }
  const { hidden_size: hidden, num_attention_heads: heads } = result.data;
  if (hidden % heads !== 0)
    throw unsupported(file, `hidden_size ${hidden} is no multiple of num_attention_heads ${heads}`);
  return result.data;
}

function unsupported(file: string, got: string): DropsweepError {
  return new DropsweepError('MODEL_UNSUPPORTED', 'config.json asks for something that the engine does not build', {
    where: file,
    got,
    expected: 'model_type bert with hidden_act gelu and absolute positions',
    fix: 'choose another base model',
  });
}
