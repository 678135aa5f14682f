import { DropsweepError } from '../../base/errors.ts';
import { findModel, resolveModel } from '../../hub/resolve-model.ts';
import type { BaseModelReference } from '../../sweep/vocabulary.ts';

/**
 * The folder of a sweep's base model on this machine: where the launching machine had it, else what its reference
 * resolves to here, fetched if need be.
 * @throws DropsweepError MODEL_NOT_FOUND, also when what is found under that reference has other content
 */
export async function resolveModelFolder(base: BaseModelReference): Promise<string> {
  const beside = base.folder === '' ? null : await findModel(base.folder);
  if (beside !== null && sameContent(beside, base)) return beside.folder;
  const found = await resolveModel(base.reference);
  if (sameContent(found, base)) return found.folder;
  const isTokenizer = found.content_hash === base.content_hash;
  throw new DropsweepError(
    'MODEL_NOT_FOUND',
    'the base model found here is not the one that the sweep was launched with',
    {
      where: found.folder,
      got: isTokenizer ? `a tokenizer of ${found.tokenizer_hash}` : found.content_hash,
      expected: isTokenizer ? `one of ${base.tokenizer_hash}` : base.content_hash,
      fix: 'put the launching machine’s model folder in its place',
    },
  );
}

function sameContent(found: BaseModelReference, wanted: BaseModelReference): boolean {
  return found.content_hash === wanted.content_hash && found.tokenizer_hash === wanted.tokenizer_hash;
}
