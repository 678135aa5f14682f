import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { DropsweepError } from '../../base/errors.ts';
import { readFloat32, readSafetensorsHeader, type SafetensorsEntry } from '../../formats/safetensors.ts';
import type { AdapterShape } from '../../sweep/vocabulary.ts';
import { type RankPattern, storedShape, wholeTensor } from './rank-pattern.ts';
import { scaleOfAlpha } from './singular-scale.ts';
import { peftTensorName } from './tensor-names.ts';

/** A tensor of the flat parameter vector. */
export interface AdapterTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
}

const empty = z.record(z.string(), z.unknown()).refine((record) => Object.keys(record).length === 0, 'is not empty');

const kept = {
  lora_alpha: z.number().positive(),
  bias: z.literal('none').default('none'),
  // How the frozen weight lies, such as GPT-2's Conv1D: A and B are [r, in] and [out, r] either way.
  fan_in_fan_out: z.boolean().default(false),
  use_dora: z.literal(false).default(false),
  alpha_pattern: empty.default({}),
};

/** The members of adapter_config.json that decide what the tensors mean; others are PEFT's bookkeeping. */
const configurationSchema = z.discriminatedUnion('peft_type', [
  z.object({
    ...kept,
    peft_type: z.literal('LORA'),
    r: z.number().int().positive(),
    use_rslora: z.boolean().default(false),
    rank_pattern: empty.default({}),
  }),
  z.object({
    ...kept,
    peft_type: z.literal('ADALORA'),
    init_r: z.number().int().positive(),
    use_rslora: z.literal(false).default(false),
    rank_pattern: z.record(z.string(), z.array(z.boolean())).nullable().default(null),
  }),
]);

export interface PeftConfiguration {
  /** The configuration to open an engine with, beside the targets. */
  readonly shape: Pick<AdapterShape, 'adapter' | 'rank' | 'alpha' | 'scaling'>;
  /** Null where no rank was taken away. */
  readonly rankPattern: RankPattern | null;
}

/**
 * The members of an adapter folder's adapter_config.json that describe its tensors.
 * @throws MODEL_UNSUPPORTED naming each option that would make another model of the same tensors
 */
export function readPeftConfiguration(folder: string): PeftConfiguration {
  const file = path.join(folder, 'adapter_config.json');
  const result = configurationSchema.safeParse(readJson(file));
  if (!result.success) {
    throw new DropsweepError('MODEL_UNSUPPORTED', 'an adapter that the engine does not build', {
      where: file,
      got: result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
      expected: 'plain LoRA or AdaLoRA: no bias, DoRA or patterns of alphas',
      fix: 'save the adapter without that option',
    });
  }
  const { data } = result;
  if (data.peft_type === 'ADALORA') {
    const rank = data.init_r;
    const alpha = scaleOfAlpha(data.lora_alpha, rank) * rank;
    return { shape: { adapter: 'adalora', rank, alpha }, rankPattern: data.rank_pattern };
  }
  const scaling = data.use_rslora ? ({ scaling: 'rank_stabilized' } as const) : {};
  return { shape: { adapter: 'lora', rank: data.r, alpha: data.lora_alpha, ...scaling }, rankPattern: null };
}

/** @throws WEIGHTS_INVALID where it is not there or is no JSON */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new DropsweepError('WEIGHTS_INVALID', 'what should tell of an adapter cannot be read', {
      where: file,
      expected: 'the folder that PEFT’s save_pretrained writes',
      cause,
    });
  }
}

/** Where an adapter's tensors go. */
export interface ParameterVector {
  readonly tensors: readonly AdapterTensor[];
  readonly length: number;
  /** The head to take where the file holds none; absent: it has to hold one. */
  readonly start?: Float32Array;
}

/**
 * The flat parameter vector of a file of PEFT's tensors. A file without any tensor of the head leaves the head as it
 * is.
 * @throws WEIGHTS_INVALID naming a tensor that is missing, mis-shaped, not float32, or that `tensors` do not know
 */
export function readPeftParameters(
  file: string,
  { shape: { adapter, rank }, rankPattern }: PeftConfiguration,
  { tensors, length, start }: ParameterVector,
): Float32Array {
  const stored = new Map(readSafetensorsHeader(file).tensors);
  const parameters = start === undefined ? new Float32Array(length) : Float32Array.from(start);
  const isOfHead = ({ name }: AdapterTensor): boolean => name.startsWith('head.');
  const hasHead = tensors.some((tensor) => isOfHead(tensor) && stored.has(peftTensorName(adapter, tensor.name)));
  for (const tensor of tensors) {
    if (start !== undefined && isOfHead(tensor) && !hasHead) continue;
    const peftName = peftTensorName(adapter, tensor.name);
    const shape = storedShape(rankPattern, tensor);
    const entry = stored.get(peftName);
    stored.delete(peftName);
    if (entry === undefined || !sameShape(entry, shape)) {
      throw mismatch(file, entry === undefined ? 'no such tensor' : `[${entry.shape.join(', ')}]`, peftName, shape);
    }
    parameters.set(wholeTensor(rankPattern, tensor, readFloat32(file, peftName, entry)), tensor.offset);
  }
  for (const [name, entry] of stored) {
    // Some versions of PEFT keep AdaLoRA's divisor of alpha, which is the rank.
    if (name.endsWith('.ranknum') && readFloat32(file, name, entry)[0] === rank) continue;
    throw mismatch(file, name, 'no further tensor', []);
  }
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
    fix: 'give the base, targets and rank that adapter_config.json names, and the task that its head is of',
  });
}
