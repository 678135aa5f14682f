import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DropsweepError } from '../base/errors.ts';

export const singleWeightsFile = 'model.safetensors';
export const weightsIndexFile = 'model.safetensors.index.json';
export const checkpointFile = 'pytorch_model.bin';
export const checkpointIndexFile = 'pytorch_model.bin.index.json';

const safetensorsFiles = [singleWeightsFile, weightsIndexFile];

/** Of any form that a model's weights come in. */
export const anyWeightsFiles: readonly string[] = [...safetensorsFiles, checkpointFile, checkpointIndexFile];

/** Whether a model folder has weights, whole or by an index. @param names absent: in safetensors */
export function weightsAreIn(folder: string, names: readonly string[] = safetensorsFiles): boolean {
  return names.some((name) => statSync(path.join(folder, name), { throwIfNoEntry: false }) !== undefined);
}

/**
 * Names of the files that a model folder's weights lie in: model.safetensors, or the shards that
 * model.safetensors.index.json names, in order.
 * @throws WEIGHTS_INVALID where the index is no index, or names a file outside the folder
 */
export function weightFilesOf(folder: string): readonly string[] {
  const index = path.join(folder, weightsIndexFile);
  const single = statSync(path.join(folder, singleWeightsFile), { throwIfNoEntry: false });
  if (single !== undefined || statSync(index, { throwIfNoEntry: false }) === undefined) return [singleWeightsFile];
  return shardsOf(readFileSync(index, 'utf8'), index);
}

/**
 * The shards that the text of an index names.
 * @param where the index, for messages
 * @param extension of the shards
 * @throws WEIGHTS_INVALID
 */
export function shardsOf(
  text: string,
  where: string,
  extension: '.safetensors' | '.bin' = '.safetensors',
): readonly string[] {
  const names = Object.values(weightMap(text, where));
  const shards = [...new Set(names)].sort();
  const isPlain = (name: unknown) => typeof name === 'string' && /^[\w.-]+$/.test(name) && name.endsWith(extension);
  const foreign = shards.find((name) => !isPlain(name));
  if (shards.length === 0 || foreign !== undefined) {
    throw new DropsweepError('WEIGHTS_INVALID', 'the index of the weights names no file of this folder', {
      where,
      got: JSON.stringify(foreign ?? 'no tensor'),
      expected: `plain names such as model-00001-of-00002${extension}`,
      fix: 'download the model again',
    });
  }
  return shards;
}

function weightMap(text: string, where: string): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'weight_map' in parsed) {
      const map = parsed.weight_map;
      if (typeof map === 'object' && map !== null) return { ...map };
    }
    throw new SyntaxError('no weight_map');
  } catch (cause) {
    throw new DropsweepError('WEIGHTS_INVALID', 'the index of the weights cannot be read', {
      where,
      got: cause instanceof Error ? cause.message : String(cause),
      expected: 'JSON with a weight_map from tensor to file',
      fix: 'download the model again',
      cause,
    });
  }
}
