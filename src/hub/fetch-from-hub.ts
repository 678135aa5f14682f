import type { Progress } from '../base/progress.ts';
import { join } from 'node:path';
import { fetchFile, reasonOf } from './fetch-file.ts';
import { weightFilesOf } from '../formats/weight-files.ts';
import { chooseFiles, isCheckpoint, lackingFiles } from './choose-files.ts';
import { hubAccess, readRepositoryFacts, urlPath } from './hub-access.ts';
import { checkpointFilesOf, modelTypeOf } from './complete-model.ts';

export interface HubOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly connectTimeoutMs: number;
  readonly stallTimeoutMs: number;
  readonly progress?: Progress;
}

/**
 * Fetches a model's files at the hub's present commit into the folder: those that the engine reads or, where they were
 * not published, those that they are made of, and the rest of its tokenizer's. HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE are honoured as huggingface_hub
 * does.
 * @throws Error with the reason
 */
export async function fetchFromHub(reference: string, folder: string, options: HubOptions): Promise<void> {
  const { environment } = options;
  const access = hubAccess(environment);
  const { endpoint, headers, offline } = access;
  if (offline) throw new Error('HF_HUB_OFFLINE is set');
  const facts = await readRepositoryFacts(
    `${endpoint}/api/models/${reference}?blobs=true`,
    access,
    options.connectTimeoutMs,
  );
  const fetchOne = async (name: string): Promise<void> => {
    const found = facts.siblings.find((sibling) => sibling.rfilename === name);
    if (found === undefined) throw new Error(`${endpoint} has the model, but no ${name} in it`);
    const what = `fetching ${reference}/${name}`;
    options.progress?.(what);
    try {
      await fetchFile({
        url: `${endpoint}/${reference}/resolve/${facts.sha}/${urlPath(name)}`,
        file: join(folder, name),
        headers,
        expectedSize: found.lfs?.size ?? found.size ?? null,
        expectedSha256: found.lfs?.sha256 ?? null,
        connectTimeoutMs: options.connectTimeoutMs,
        stallTimeoutMs: options.stallTimeoutMs,
        received: (done) => options.progress?.(what, { done, of: found.lfs?.size ?? found.size ?? null, unit: 'B' }),
      });
    } catch (error) {
      throw new Error(`${name} ${reasonOf(error).message}`, { cause: error });
    }
  };
  await fetchOne('config.json');
  const chosen = chooseFiles(new Set(facts.siblings.map(({ rfilename }) => rfilename)), modelTypeOf(folder));
  const [lacking] = lackingFiles(chosen);
  if (lacking !== undefined || chosen.weights === null)
    throw new Error(`${endpoint} has the model, but no ${lacking} in it`);
  for (const name of [...(chosen.tokenizer ?? []), ...chosen.companions]) await fetchOne(name);
  await fetchOne(chosen.weights);
  // An index names what else there is to fetch.
  const files = isCheckpoint(chosen.weights) ? checkpointFilesOf(folder, chosen.weights) : weightFilesOf(folder);
  for (const name of files) if (name !== chosen.weights) await fetchOne(name);
}
