import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where Hugging Face's own tools keep a model that they fetched: the snapshot that `main` was at, or, where the cache was
 * copied without its refs, the only one. HF_HUB_CACHE and
 * HF_HOME are heard as huggingface_hub does. Its files are links into a store of blobs; nothing is written there.
 * @returns null where there is none
 */
export function huggingFaceSnapshot(reference: string, environment: NodeJS.ProcessEnv): string | null {
  const cache = given(environment['XDG_CACHE_HOME']) ?? join(given(environment['HOME']) ?? homedir(), '.cache');
  const home = given(environment['HF_HOME']) ?? join(cache, 'huggingface');
  const hub = given(environment['HF_HUB_CACHE']) ?? join(home, 'hub');
  const model = join(hub, `models--${reference.replace('/', '--')}`);
  const main = join(model, 'refs', 'main');
  const snapshots = join(model, 'snapshots');
  if (!existsSync(main)) return onlyFolderIn(snapshots);
  const snapshot = join(snapshots, readFileSync(main, 'utf8').trim());
  return existsSync(snapshot) ? snapshot : null;
}

function onlyFolderIn(folder: string): string | null {
  if (!existsSync(folder)) return null;
  const [only, ...others] = readdirSync(folder);
  return only === undefined || others.length > 0 ? null : join(folder, only);
}

function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
