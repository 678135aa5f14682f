import type { Progress } from '../base/progress.ts';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DropsweepError } from '../base/errors.ts';
import { formatOf } from '../sweep/file/file-format.ts';
import type { FileSource, HubSource } from '../sweep/sweep-definition.ts';
import type { TaskFormat } from '../sweep/file/task-section.ts';
import { cacheFolderOf } from './cache-folder.ts';
import { fetchFile, reasonOf } from './fetch-file.ts';
import { withFileLock } from './file-lock.ts';
import {
  type HubAccess,
  hubAccess,
  readRepositoryFacts,
  type RepositoryFacts,
  repositoryFacts,
  urlPath,
} from './hub-access.ts';

export interface FetchDatasetOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** That the task reads. */
  readonly formats: readonly TaskFormat[];
  readonly progress?: Progress;
}

interface Request extends FetchDatasetOptions {
  readonly source: HubSource;
  readonly access: HubAccess;
  /** Of this data set in the cache. */
  readonly folder: string;
}

const connectTimeoutMs = 10_000;
const stallTimeoutMs = 30_000;
/** Where the hub keeps what it converted of data sets that were published otherwise. */
const converted = 'refs/convert/parquet';

/**
 * The files of a data set's splits at one commit, fetched where they are not in the cache yet: as it was published, or as
 * the hub converted it to Parquet. Offline, what was fetched before.
 * @throws DropsweepError DATA_INVALID with the reason, and with the splits and configs that there are
 */
export async function fetchDataset(source: HubSource, options: FetchDatasetOptions): Promise<FileSource> {
  const folder = join(cacheFolderOf(options.environment), 'datasets', source.dataset.replace('/', '--'));
  const request = { ...options, source, access: hubAccess(options.environment), folder };
  mkdirSync(folder, { recursive: true });
  return withFileLock(join(folder, 'lock'), async () => {
    const { kind: _, dataset: __, config: ___, revision, train, dev, test, examples, ...reading } = source;
    const published = await factsAt(request, revision ?? 'main');
    const splits = [train, dev, test, examples].filter((split) => typeof split === 'string');
    const hasAll = splits.every((split) => filesOfSplit(request, published, split).length > 0);
    const facts = hasAll || revision !== undefined ? published : await factsAt(request, converted);
    const places = (split: string) => fetchSplit(request, facts, split);
    return {
      kind: 'files',
      ...reading,
      train: await places(train),
      dev: typeof dev === 'string' ? await places(dev) : dev,
      ...(test === undefined ? {} : { test: await places(test) }),
      ...(examples === undefined ? {} : { examples: await places(examples) }),
    };
  });
}

/** The commit that a revision is at, and its files; offline, as they were when it was looked at last. */
async function factsAt(request: Request, revision: string): Promise<RepositoryFacts> {
  const { access, source, folder } = request;
  const kept = join(folder, 'revisions', `${revision.replaceAll('/', '--')}.json`);
  if (access.offline || (/^[0-9a-f]{40}$/.test(revision) && existsSync(kept))) {
    if (existsSync(kept)) return repositoryFacts.parse(JSON.parse(readFileSync(kept, 'utf8')));
    throw cannotFetch(request, `HF_HUB_OFFLINE is set, and ${revision} was never fetched`);
  }
  try {
    const url = `${access.endpoint}/api/datasets/${source.dataset}/revision/${encodeURIComponent(revision)}?blobs=true`;
    const facts = await readRepositoryFacts(url, access, connectTimeoutMs);
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, JSON.stringify(facts));
    return facts;
  } catch (error) {
    throw cannotFetch(request, reasonOf(error).message, error);
  }
}

/**
 * Files of a split by how they are called: `CONFIG/SPLIT-00000-of-00002.parquet`, `data/SPLIT.jsonl`,
 * `CONFIG/SPLIT/0000.parquet`, `SPLIT.csv.gz`.
 */
function filesOfSplit({ source, formats }: Request, { siblings }: RepositoryFacts, split: string): readonly string[] {
  const { config, format } = source;
  const names = siblings.map(({ rfilename }) => rfilename).toSorted();
  return names.filter((name) => {
    if (format === undefined && formatOf(name, formats) === undefined) return false;
    const parts = name.split('/');
    const last = parts.pop() ?? '';
    const inFolder = parts.at(-1) === split;
    if (inFolder) parts.pop();
    const isSplit = inFolder || [`${split}.`, `${split}-`].some((start) => last.startsWith(start));
    const isConfig =
      config === undefined ? ['', 'data', 'default', 'plain_text'].includes(parts.join('/')) : parts.at(-1) === config;
    return isSplit && isConfig;
  });
}

async function fetchSplit(request: Request, facts: RepositoryFacts, split: string): Promise<readonly string[]> {
  const { source, access, folder } = request;
  const names = filesOfSplit(request, facts, split);
  if (names.length === 0) throw noSplit(request, facts, split);
  const files: string[] = [];
  for (const name of names) {
    const file = join(folder, facts.sha, name);
    files.push(file);
    if (existsSync(file)) continue;
    if (access.offline) throw cannotFetch(request, `HF_HUB_OFFLINE is set, and ${name} was never fetched`);
    const found = facts.siblings.find(({ rfilename }) => rfilename === name);
    const what = `fetching ${source.dataset}/${name}`;
    request.progress?.(what);
    const of = found?.lfs?.size ?? found?.size ?? null;
    mkdirSync(dirname(file), { recursive: true });
    try {
      await fetchFile({
        url: `${access.endpoint}/datasets/${source.dataset}/resolve/${facts.sha}/${urlPath(name)}`,
        file,
        headers: access.headers,
        expectedSize: of,
        expectedSha256: found?.lfs?.sha256 ?? null,
        connectTimeoutMs,
        stallTimeoutMs,
        received: (done) => request.progress?.(what, { done, of, unit: 'B' }),
      });
    } catch (error) {
      throw cannotFetch(request, `${name}: ${reasonOf(error).message}`, error);
    }
  }
  return files;
}

function noSplit({ source, formats }: Request, { siblings }: RepositoryFacts, split: string): DropsweepError {
  const names = siblings.map(({ rfilename }) => rfilename).filter((name) => formatOf(name, formats) !== undefined);
  const shown = names.slice(0, 12).join(', ');
  return new DropsweepError('DATA_INVALID', 'a data set of the hub has no such split', {
    where: `task.data.hub: ${source.dataset}`,
    got: names.length === 0 ? 'no file that can be read' : `${shown}${names.length > 12 ? ', …' : ''}`,
    expected: `files of ${source.config === undefined ? '' : `config ${source.config}, `}split ${split}`,
    fix: 'name its config in task.data.config, and its splits in task.data.train and dev',
  });
}

function cannotFetch({ source }: Request, reason: string, cause?: unknown): DropsweepError {
  return new DropsweepError('DATA_INVALID', 'a data set of the hub cannot be fetched', {
    where: `task.data.hub: ${source.dataset}`,
    got: reason,
    expected: 'a data set that HF_ENDPOINT has, and HF_TOKEN may read',
    fix: 'correct the name or the revision, set HF_TOKEN where it is private, or try again',
    ...(cause === undefined ? {} : { cause }),
  });
}
