import { formatCount } from '../../base/format-count.ts';
import { readFile } from 'node:fs/promises';
import { DropsweepError } from '../../base/errors.ts';
import { besideModel, isOnnxFile } from '../../base/model-place.ts';
import type { EncodedRows } from '../../data/encoded-rows.ts';

/** The members of a base model's config.json that batches depend on. */
export interface ModelLimits {
  readonly padId: number;
  readonly positions: number;
}

/** An ONNX file may come without a config.json: then padding is token 0 and nothing limits the length. */
export async function readModelLimits(modelFolder: string): Promise<ModelLimits> {
  const path = besideModel(modelFolder, 'config.json');
  let config: unknown;
  try {
    config = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const absent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (absent && isOnnxFile(modelFolder)) return { padId: 0, positions: Number.POSITIVE_INFINITY };
    throw new DropsweepError('MODEL_UNSUPPORTED', 'config.json cannot be read', { where: path, cause });
  }
  return {
    // Older Llamas write −1 for no padding; what stands there is masked.
    padId: Math.max(0, numberOf(config, 'pad_token_id') ?? 0),
    positions: numberOf(config, 'max_position_embeddings') ?? Number.POSITIVE_INFINITY,
  };
}

function numberOf(config: unknown, name: string): number | undefined {
  if (typeof config !== 'object' || config === null) return undefined;
  const value = new Map<string, unknown>(Object.entries(config)).get(name);
  return typeof value === 'number' ? value : undefined;
}

/** @throws MODEL_UNSUPPORTED where an input is longer than the model takes */
export function demandPositions({ inputs }: EncodedRows, { positions }: ModelLimits): void {
  const longest = inputs.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  if (longest <= positions) return;
  throw new DropsweepError('MODEL_UNSUPPORTED', 'rows are longer than the model has positions', {
    where: 'training.max_length',
    got: formatCount(longest, 'token'),
    expected: `at most ${formatCount(positions, 'token')}`,
    fix: `lower max_length to ${positions}`,
  });
}
