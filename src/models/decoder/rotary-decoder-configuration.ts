import { z } from 'zod';
import type { TokenLimit } from '../encoder.ts';
import { activationNames } from '../blocks/activations.ts';
import { readMembers, unsupportedConfiguration } from '../blocks/read-members.ts';
import { padIdOf, padMember } from './pad-id.ts';
import { readRotary, rotaryMembers } from './read-rotary.ts';
import type { DecoderSizes } from './rotary-decoder.ts';

export const count = z.number().int().positive();

/** The members of config.json that the Llama line shares, as transformers names them and fills them in. */
export const sharedMembers = {
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count.nullable(),
  head_dim: count.nullish(),
  vocab_size: count,
  hidden_act: z.enum(activationNames).default('silu'),
  rms_norm_eps: z.number().positive().default(1e-6),
  initializer_range: z.number().nonnegative().default(0.02),
  tie_word_embeddings: z.boolean().default(false),
  ...padMember,
  ...rotaryMembers,
};

/** The members by which layers of the Qwen line see a window only. */
export const windowMembers = {
  use_sliding_window: z.boolean().default(false),
  sliding_window: count.nullable().default(4096),
  max_window_layers: z.number().int().nonnegative().default(28),
  layer_types: z.array(z.enum(['full_attention', 'sliding_attention'])).nullish(),
};

const windows = z.object({ ...windowMembers, num_hidden_layers: count });
const shared = z.object(sharedMembers);

/** @throws MODEL_UNSUPPORTED naming each option of a family that the engine does not build */
export function readRotaryDecoder<Schema extends z.ZodType<z.infer<typeof shared> & { model_type: string }>>(
  schema: Schema,
  config: unknown,
  file: string,
): { readonly members: z.infer<Schema>; readonly sizes: DecoderSizes } {
  const expected = `hidden_act ${activationNames.join(', ')}; rope_type default, linear, llama3; float32 weights`;
  const members = readMembers(schema, config, file, expected);
  const problem = headProblem(members);
  if (problem !== null) throw unsupportedConfiguration(file, problem, 'heads that divide evenly');
  const { hidden_size: hidden, num_attention_heads: heads } = members;
  const sizes = {
    family: members.model_type,
    padId: padIdOf(members),
    hidden,
    wide: members.intermediate_size,
    layers: members.num_hidden_layers,
    vocabulary: members.vocab_size,
    counts: {
      heads,
      keyHeads: members.num_key_value_heads ?? heads,
      headSize: members.head_dim ?? hidden / heads,
    },
    activation: members.hidden_act,
    epsilon: members.rms_norm_eps,
    initializerRange: members.initializer_range,
    rotary: readRotary(members),
    tied: members.tie_word_embeddings,
  };
  return { members, sizes };
}

/** Query heads fall into groups, and features turn in pairs. */
function headProblem(config: z.infer<typeof shared>): string | null {
  const { hidden_size: hidden, num_attention_heads: heads, num_key_value_heads: keyHeads, head_dim: size } = config;
  if (typeof size !== 'number' && hidden % heads !== 0)
    return `hidden_size ${hidden} is no multiple of num_attention_heads ${heads}`;
  if (heads % (keyHeads ?? heads) !== 0)
    return `num_attention_heads ${heads} is no multiple of num_key_value_heads ${keyHeads}`;
  if ((size ?? hidden / heads) % 2 !== 0) return `head_dim ${size ?? hidden / heads} is odd`;
  return null;
}

/** A window changes nothing in rows that it covers: the limit is where it would begin to. */
export function windowLimit(config: z.infer<typeof windows>): TokenLimit | undefined {
  const { use_sliding_window: used, sliding_window: tokens, layer_types: kinds } = config;
  const slides = kinds?.includes('sliding_attention') ?? config.max_window_layers < config.num_hidden_layers;
  return used && tokens !== null && slides ? { tokens, option: 'sliding_window' } : undefined;
}
