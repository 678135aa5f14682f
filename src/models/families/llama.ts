import { z } from 'zod';
import { rotaryDecoder } from '../decoder/rotary-decoder.ts';
import { count, readRotaryDecoder, sharedMembers } from '../decoder/rotary-decoder-configuration.ts';
import type { Encoder } from '../encoder.ts';

const schema = z.object({
  model_type: z.literal('llama'),
  ...sharedMembers,
  num_key_value_heads: count.nullable().default(null),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
});

/** Llama 1 to 3 (arXiv 2302.13971, 2407.21783). @throws MODEL_UNSUPPORTED */
export function llama(config: unknown, file: string): Encoder {
  const { members, sizes } = readRotaryDecoder(schema, config, file);
  const { attention_bias: attention, mlp_bias: mlp } = members;
  return rotaryDecoder(sizes, { biases: { queryKeyValue: attention, output: attention, mlp }, headNorm: false });
}
