import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { DropsweepError } from '../base/errors.ts';
import type { BaseModelReference } from '../sweep/vocabulary.ts';

/** @throws DropsweepError MODEL_NOT_FOUND */
export async function resolveModelFolder(base: BaseModelReference): Promise<string> {
  const present = await access(join(base.folder, 'config.json')).then(
    () => true,
    () => false,
  );
  if (present) return base.folder;
  throw new DropsweepError('MODEL_NOT_FOUND', 'the base model is not on this machine', { where: base.folder });
}
