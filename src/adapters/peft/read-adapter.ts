import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { DropsweepError } from '../../base/errors.ts';
import { readFloat32, readSafetensorsHeader, type SafetensorsEntry } from '../../formats/safetensors.ts';
import { peftTensorName } from './tensor-names.ts';

/** A tensor of the flat parameter vector. */
export interface AdapterTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
}

const empty = z.record(z.string(), z.unknown()).refine((record) => Object.keys(record).length === 0, 'is not empty');

/** The members of adapter_config.json that decide what the tensors mean; others are PEFT's bookkeeping. */
const configurationSchema = z.object({
  peft_type: z.literal('LORA'),
  r: z.number().int().positive(),
  lora_alpha: z.number().positive(),
  bias: z.literal('none').default('none'),
  fan_in_fan_out: z.literal(false).default(false),
  use_rslora: z.literal(false).default(false),
  use_dora: z.literal(false).default(false),
  rank_pattern: empty.default({}),
  alpha_pattern: empty.default({}),
});

export interface PeftConfiguration {
  readonly rank: number;
  readonly alpha: number;
}

/**
 * Rank and alpha of an adapter folder as PEFT saves one.
 * @throws MODEL_UNSUPPORTED naming each option that would make another model of the same tensors
 */
export function readPeftConfiguration(folder: string): PeftConfiguration {
  const file = path.join(folder, 'adapter_config.json');
  const result = configurationSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!result.success) {
    throw new DropsweepError('MODEL_UNSUPPORTED', 'an adapter that the engine does not build', {
      where: file,
      got: result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
      expected: 'plain LoRA: no bias, DoRA, rsLoRA or patterns of ranks',
      fix: 'save the adapter without that option',
    });
  }
  return { rank: result.data.r, alpha: result.data.lora_alpha };
}

/**
 * The flat parameter vector of an adapter folder's adapter_model.safetensors.
 * @param length of the vector
 * @throws WEIGHTS_INVALID naming a tensor that is missing, mis-shaped, not float32, or that `tensors` do not know
 */
export function readPeftParameters(folder: string, tensors: readonly AdapterTensor[], length: number): Float32Array {
  const file = path.join(folder, 'adapter_model.safetensors');
  const stored = new Map(readSafetensorsHeader(file).tensors);
  const parameters = new Float32Array(length);
  for (const { name, shape, offset } of tensors) {
    const peftName = peftTensorName(name);
    const entry = stored.get(peftName);
    stored.delete(peftName);
    if (entry === undefined || !sameShape(entry, shape)) {
      throw mismatch(file, entry === undefined ? 'no such tensor' : `[${entry.shape.join(', ')}]`, peftName, shape);
    }
    parameters.set(readFloat32(file, peftName, entry), offset);
  }
  const [surplus] = stored;
  if (surplus !== undefined) throw mismatch(file, surplus[0], 'no further tensor', []);
  return parameters;
}

function sameShape(entry: SafetensorsEntry, shape: readonly number[]): boolean {
  return entry.shape.length === shape.length && entry.shape.every((size, axis) => size === shape[axis]);
}

function mismatch(file: string, got: string, name: string, shape: readonly number[]): DropsweepError {
  return new DropsweepError('WEIGHTS_INVALID', 'the adapter does not fit the base model, its targets or its rank', {
    where: file,
    got,
    expected: shape.length === 0 ? name : `${name} of [${shape.join(', ')}]`,
    fix: 'open the engine with the base, targets and rank of adapter_config.json',
  });
}
