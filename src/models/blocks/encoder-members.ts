import { z } from 'zod';
import { activationNames } from './activations.ts';
import { unsupportedConfiguration } from './read-members.ts';

const count = z.number().int().positive();

/** The members of config.json that BERT and most of its kin share, as transformers names them. */
export const encoderMembers = {
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  vocab_size: count,
  max_position_embeddings: count,
  layer_norm_eps: z.number().positive().default(1e-12),
  initializer_range: z.number().positive().default(0.02),
  hidden_act: z.enum(activationNames).default('gelu'),
  position_embedding_type: z.literal('absolute').default('absolute'),
  is_decoder: z.literal(false).default(false),
  add_cross_attention: z.literal(false).default(false),
} as const;

/** What of these is supported, for messages. */
export const encoderExpectation = `hidden_act ${activationNames.join(', ')}; absolute positions; an encoder`;

/** @throws MODEL_UNSUPPORTED */
export function demandWholeHeads(hidden: number, heads: number, file: string): void {
  if (hidden % heads === 0) return;
  throw unsupportedConfiguration(
    file,
    `a hidden size of ${hidden} with ${heads} attention heads`,
    'a hidden size that is a multiple of the number of heads',
  );
}
