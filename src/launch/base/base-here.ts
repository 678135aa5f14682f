import { isAbsolute } from 'node:path';
import { sha256 } from '../../base/sha256.ts';
import { findModel, resolveModel } from '../../hub/resolve-model.ts';
import type { BaseModelReference } from '../../sweep/vocabulary.ts';
import { describedBase } from './described-base.ts';

/**
 * A base model as far as it is on this machine, nothing fetched: a place here has the model or is wrong, and a hub id may
 * still be fetched.
 * @throws MODEL_NOT_FOUND, MODEL_UNSUPPORTED
 */
export async function baseHere(reference: string): Promise<BaseModelReference> {
  if (isAbsolute(reference)) return describedBase(reference) ?? resolveModel(reference, { fetch: false });
  return (await findModel(reference)) ?? namedBase(reference);
}

/** Stands for a base model that is not looked at. */
export function namedBase(reference: string): BaseModelReference {
  return { reference, folder: '', content_hash: sha256(reference), tokenizer_hash: sha256(reference) };
}
