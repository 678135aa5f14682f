import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { errorCodeOf, linkOrCopy } from '../base/link-or-copy.ts';
import { sha256 } from '../base/sha256.ts';
import { convertCheckpoint } from '../formats/pytorch/convert-checkpoint.ts';
import {
  checkpointIndexFile,
  shardsOf,
  singleWeightsFile,
  weightFilesOf,
  weightsIndexFile,
} from '../formats/weight-files.ts';
import { type ChosenFiles, chooseFiles, isCheckpoint, makesTokenizer } from './choose-files.ts';
import { type FileLockOptions, withFileLock } from './file-lock.ts';
import { missingFiles } from './model-files.ts';
import { makeTokenizer } from './tokenizers/make-tokenizer.ts';

type ProgressOptions = Pick<FileLockOptions, 'progress'>;

/**
 * Makes tokenizer.json and safetensors in a folder of ours that was published with other files in their place. A
 * checkpoint is removed when all of it is converted.
 * @throws MODEL_UNSUPPORTED, WEIGHTS_INVALID
 */
export async function completeModel(folder: string, options: ProgressOptions): Promise<void> {
  const chosen = chosenIn(folder);
  await makeMissing(folder, folder, chosen, options);
  if (chosen.weights === null || !isCheckpoint(chosen.weights)) return;
  for (const name of checkpointFilesOf(folder, chosen.weights)) rmSync(join(folder, name));
  rmSync(join(folder, checkpointIndexFile), { force: true });
}

/**
 * A folder of the cache that holds a local model with what had to be made of its files, which stay as they are; made
 * once for each version of them.
 * @param folder lacks a file that the engine reads
 * @returns null where the files are not there to make it of
 * @throws MODEL_UNSUPPORTED, WEIGHTS_INVALID
 */
export async function completedCopy(folder: string, cache: string, options: FileLockOptions): Promise<string | null> {
  if (!existsSync(join(folder, 'config.json'))) return null;
  const chosen = chosenIn(folder);
  if (chosen.tokenizer === null || chosen.weights === null) return null;
  const weights = isCheckpoint(chosen.weights) ? [] : [...weightFilesOf(folder), chosen.weights];
  const kept = ['config.json', ...(makesTokenizer(chosen) ? [] : chosen.tokenizer), ...new Set(weights)];
  if (!kept.every((name) => existsSync(join(folder, name)))) return null;
  const sources = isCheckpoint(chosen.weights) ? checkpointFilesOf(folder, chosen.weights) : [];
  // What the tokenizer is made of goes along, for whoever opens an export of the model.
  const parts = makesTokenizer(chosen) ? chosen.tokenizer : [];
  const along = [...new Set([...parts, ...chosen.companions])];
  const target = join(cache, 'completed', versionOf(folder, [...kept, ...chosen.tokenizer, ...along, ...sources]));
  mkdirSync(join(cache, 'completed'), { recursive: true });
  const make = async (): Promise<void> => {
    if (existsSync(target)) return;
    const temporary = `${target}.partial`;
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary);
    for (const name of [...kept, ...along]) linkOrCopy(join(folder, name), join(temporary, name));
    await makeMissing(folder, temporary, chosen, options);
    renameSync(temporary, target);
  };
  await withFileLock(`${target}.lock`, make, options);
  return target;
}

/** Names of the files that a folder lacks, and has nothing to make them of. */
export async function lackingIn(folder: string): Promise<readonly string[]> {
  const missing = await missingFiles(folder);
  if (missing.includes('config.json')) return missing;
  const { tokenizer, weights } = chosenIn(folder);
  const made = [...(tokenizer === null ? [] : ['tokenizer.json']), ...(weights === null ? [] : [singleWeightsFile])];
  return missing.filter((name) => !made.includes(name));
}

/** The shards of a checkpoint that its index names; of the one file: itself. @throws WEIGHTS_INVALID */
export function checkpointFilesOf(folder: string, weights: string): readonly string[] {
  if (weights !== checkpointIndexFile) return [weights];
  const index = join(folder, checkpointIndexFile);
  return shardsOf(readFileSync(index, 'utf8'), index, '.bin');
}

async function makeMissing(
  source: string,
  target: string,
  chosen: ChosenFiles,
  options: ProgressOptions,
): Promise<void> {
  if (makesTokenizer(chosen)) {
    options.progress?.(`making tokenizer.json of ${chosen.tokenizer?.join(', ') ?? ''}`);
    writeFileSync(join(target, 'tokenizer.json'), makeTokenizer(source, modelTypeOf(source)));
  }
  if (chosen.weights === null || !isCheckpoint(chosen.weights)) return;
  const places: Record<string, string> = {};
  for (const name of checkpointFilesOf(source, chosen.weights)) {
    const converted =
      chosen.weights === checkpointIndexFile ? name.replace(/\.bin$/, '.safetensors') : singleWeightsFile;
    const what = `converting ${name} to safetensors; once`;
    options.progress?.(what);
    const written = (done: number, of: number): void => options.progress?.(what, { done, of, unit: 'B' });
    for (const tensor of await convertCheckpoint(join(source, name), join(target, converted), written))
      places[tensor] = converted;
  }
  // The index comes last: it says that all shards are there.
  if (chosen.weights === checkpointIndexFile)
    writeFileSync(join(target, weightsIndexFile), JSON.stringify({ metadata: {}, weight_map: places }));
}

function chosenIn(folder: string): ChosenFiles {
  return chooseFiles(new Set(readdirSync(folder)), modelTypeOf(folder));
}

/** config.json's model_type; empty where there is none, which the engine refuses by name. */
export function modelTypeOf(folder: string): string {
  try {
    const config: unknown = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    return typeof config === 'object' && config !== null && 'model_type' in config ? String(config.model_type) : '';
  } catch (error) {
    if (error instanceof SyntaxError || errorCodeOf(error) === 'ENOENT') return '';
    throw error;
  }
}

/** A version of some files in a folder: the hash of their names, sizes and times. */
function versionOf(folder: string, names: readonly string[]): string {
  const facts = names.map((name) => {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    return [name, found?.size, found?.mtimeMs, found?.ino].join(':');
  });
  return sha256([resolve(folder), ...facts].join('\n')).slice(0, 24);
}
