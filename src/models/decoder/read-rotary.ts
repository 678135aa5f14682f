import { z } from 'zod';
import type { Rotary, RotaryScaling } from './rotary.ts';

const positive = z.number().positive();
const common = { rope_theta: positive.optional(), partial_rotary_factor: z.literal(1).optional() };
const originalPositions = z.number().int().positive().optional();

const scalings = z.discriminatedUnion('rope_type', [
  z.strictObject({ rope_type: z.literal('default'), ...common }),
  z.strictObject({ rope_type: z.literal('linear'), factor: positive, ...common }),
  z.strictObject({
    rope_type: z.literal('llama3'),
    factor: positive,
    low_freq_factor: positive,
    high_freq_factor: positive,
    original_max_position_embeddings: originalPositions,
    ...common,
  }),
]);

/** Before transformers 4.45, `rope_type` was `type`. */
const written = z.preprocess((given) => {
  if (typeof given !== 'object' || given === null) return given;
  const { type = 'default', ...members } = { ...given } as Record<string, unknown>;
  return { rope_type: type, ...members };
}, scalings);

/** Where config.json says how positions turn: `rope_parameters`, or `rope_theta` and `rope_scaling` before transformers 5. */
export const rotaryMembers = {
  rope_parameters: written.nullish(),
  rope_scaling: written.nullish(),
  rope_theta: positive.optional(),
  partial_rotary_factor: z.literal(1).nullish(),
  original_max_position_embeddings: originalPositions,
  max_position_embeddings: z.number().int().positive(),
};

const members = z.object(rotaryMembers);

/** As transformers' convert_rope_params_to_dict and standardize_rope_params settle which member wins. */
export function readRotary(config: z.infer<typeof members>): Rotary {
  const given = config.rope_scaling ?? config.rope_parameters ?? { rope_type: 'default' };
  return { theta: given.rope_theta ?? config.rope_theta ?? 10_000, scaling: scalingOf(given, config) };
}

function scalingOf(given: z.infer<typeof scalings>, config: z.infer<typeof members>): RotaryScaling {
  if (given.rope_type === 'default') return { kind: 'default' };
  if (given.rope_type === 'linear') return { kind: 'linear', factor: given.factor };
  return {
    kind: 'llama3',
    factor: given.factor,
    lowFrequencyFactor: given.low_freq_factor,
    highFrequencyFactor: given.high_freq_factor,
    originalPositions:
      config.original_max_position_embeddings ??
      given.original_max_position_embeddings ??
      config.max_position_embeddings,
  };
}
