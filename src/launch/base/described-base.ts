import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../base/sha256.ts';
import { besideModel } from '../../base/model-place.ts';
import { anyWeightsFiles, weightsAreIn } from '../../formats/weight-files.ts';
import type { BaseModelReference } from '../../sweep/vocabulary.ts';

/**
 * A base of which a folder has config.json and no weights: what it will take can be told. Its hashes are no model's, and
 * nothing is recorded under them.
 * @returns null where the folder is none, or has its weights
 */
export function describedBase(folder: string): BaseModelReference | null {
  const config = join(folder, 'config.json');
  if (!existsSync(config) || weightsAreIn(folder, anyWeightsFiles)) return null;
  const hash = sha256(readFileSync(config));
  return { reference: folder, folder, content_hash: hash, tokenizer_hash: hash };
}

/** The place of a base that rows can be tokenised for; empty where it has no tokenizer, or is not there. */
export function tokenizedPlace({ folder }: BaseModelReference): string {
  return folder !== '' && existsSync(besideModel(folder, 'tokenizer.json')) ? folder : '';
}
