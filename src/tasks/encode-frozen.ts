import { canonicalJson } from '../base/canonical-json.ts';
import type { EncodedRows } from '../data/encoded-rows.ts';
import { keepInputs, readInputs } from '../data/kept-inputs.ts';
import type { FrozenRow } from '../sweep/vocabulary.ts';
import { inputsVersion } from './inputs-version.ts';
import type { EncodeRequest } from './task.ts';
import { taskOf } from './tasks.ts';

/** Where inputs of rows are kept on this machine, and the hash that the rows are frozen under. */
export interface KeptRows {
  readonly folder: string;
  readonly hash: string;
}

/** Inputs of rows as their task makes them: once on a machine, for whoever asks for the same ones. */
export async function encodeFrozen(
  rows: readonly FrozenRow[],
  request: EncodeRequest,
  kept: KeptRows | undefined,
): Promise<EncodedRows> {
  const { shape, tokenizerHash, maxLength } = request;
  const task = taskOf(shape);
  if (kept === undefined) return task.encode(rows, request);
  const several = request.training === true && task.objective.severalTexts?.(shape) === true;
  const key = canonicalJson({ version: inputsVersion, rows: kept.hash, shape, tokenizerHash, maxLength, several });
  const known = await readInputs(kept.folder, key);
  if (known !== null) return { rows, ...known };
  const made = await task.encode(rows, request);
  await keepInputs(kept.folder, key, made);
  return made;
}
