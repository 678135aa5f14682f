import { z } from 'zod';
import { activationNames, activations } from './activations.ts';
import { bertLayerNames } from './post-norm-encoder.ts';
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

/** The supported values, for messages. */
export const encoderExpectation = `hidden_act ${activationNames.join(', ')}; absolute positions; an encoder`;

type EncoderMembers = z.infer<z.ZodObject<typeof encoderMembers>>;

/** The members that decide sizes; families that call them otherwise say what theirs are. */
export type SizeMembers = Omit<
  EncoderMembers,
  'vocab_size' | 'position_embedding_type' | 'is_decoder' | 'add_cross_attention'
>;

/**
 * The members of config.json that describe an encoder's layers.
 * @param numbered what the layers' numbers stand behind, e.g. `bert.encoder.layer`
 * @throws MODEL_UNSUPPORTED where the heads do not divide the hidden size
 */
export function postNormLayers(config: SizeMembers, file: string, numbered: string) {
  const { hidden_size: hidden, num_attention_heads: heads } = config;
  if (hidden % heads !== 0) {
    throw unsupportedConfiguration(
      file,
      `a hidden size of ${hidden} with ${heads} attention heads`,
      'a hidden size that is a multiple of the number of heads',
    );
  }
  return {
    sizes: { hidden, wide: config.intermediate_size, heads },
    epsilon: config.layer_norm_eps,
    activation: activations[config.hidden_act],
    initializerRange: config.initializer_range,
    tokenLimit: { tokens: config.max_position_embeddings, option: 'max_position_embeddings' },
    layers: Array.from({ length: config.num_hidden_layers }, (_, layer) => `${numbered}.${layer}`),
    names: bertLayerNames,
  };
}
