import { z } from 'zod';
import { rotaryDecoder } from '../decoder/rotary-decoder.ts';
import { count, readRotaryDecoder, sharedMembers } from '../decoder/rotary-decoder-configuration.ts';
import type { Encoder } from '../encoder.ts';

const schema = z.object({
  model_type: z.literal('mistral'),
  ...sharedMembers,
  sliding_window: count.nullable().default(4096),
});

/** Mistral (arXiv 2310.06825), whose layers all see one window where there is one. @throws MODEL_UNSUPPORTED */
export function mistral(config: unknown, file: string): Encoder {
  const { members, sizes } = readRotaryDecoder(schema, config, file);
  const { sliding_window: tokens } = members;
  return rotaryDecoder(sizes, {
    biases: { queryKeyValue: false, output: false, mlp: false },
    headNorm: false,
    tokenLimit: tokens === null ? undefined : { tokens, option: 'sliding_window' },
  });
}
