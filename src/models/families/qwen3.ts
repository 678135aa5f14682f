import { z } from 'zod';
import { rotaryDecoder } from '../decoder/rotary-decoder.ts';
import {
  count,
  readRotaryDecoder,
  sharedMembers,
  windowLimit,
  windowMembers,
} from '../decoder/rotary-decoder-configuration.ts';
import type { Encoder } from '../encoder.ts';

const schema = z.object({
  model_type: z.literal('qwen3'),
  ...sharedMembers,
  ...windowMembers,
  head_dim: count,
  attention_bias: z.boolean().default(false),
});

/** Qwen 3 (arXiv 2505.09388): each head's queries and keys are normalised. @throws MODEL_UNSUPPORTED */
export function qwen3(config: unknown, file: string): Encoder {
  const { members, sizes } = readRotaryDecoder(schema, config, file);
  const { attention_bias: attention } = members;
  return rotaryDecoder(sizes, {
    biases: { queryKeyValue: attention, output: attention, mlp: false },
    headNorm: true,
    tokenLimit: windowLimit(members),
  });
}
