import { z } from 'zod';
import { rotaryDecoder } from '../decoder/rotary-decoder.ts';
import {
  readRotaryDecoder,
  sharedMembers,
  windowLimit,
  windowMembers,
} from '../decoder/rotary-decoder-configuration.ts';
import type { Encoder } from '../encoder.ts';

const schema = z.object({ model_type: z.literal('qwen2'), ...sharedMembers, ...windowMembers });

/** Qwen 2 and 2.5 (arXiv 2407.10671): queries, keys and values have biases. @throws MODEL_UNSUPPORTED */
export function qwen2(config: unknown, file: string): Encoder {
  const { members, sizes } = readRotaryDecoder(schema, config, file);
  return rotaryDecoder(sizes, {
    biases: { queryKeyValue: true, output: false, mlp: false },
    headNorm: false,
    tokenLimit: windowLimit(members),
  });
}
