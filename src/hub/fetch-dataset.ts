import type { Progress } from '../base/progress.ts';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DropsweepError } from '../base/errors.ts';
import { formatOf } from '../sweep/file/file-format.ts';
import type { FileSource, HubSource } from '../sweep/sweep-definition.ts';
import type { TaskFormat } from '../sweep/file/task-section.ts';
import { cacheFolderOf } from './cache-folder.ts';
import {
  configsByName,
  type DatasetConfig,
  filesByName,
  type PublishedConfig,
  publishedConfigs,
} from './dataset-configs.ts';
import { fetchFile, reasonOf } from './fetch-file.ts';
import { withFileLock } from './file-lock.ts';
import {
  type HubAccess,
  hubAccess,
  NotThere,
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
/** Configs, and splits of one, that a message lists. */
const mostListed = 12;
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
    const published = await layoutAt(request, revision ?? 'main');
    const splits = [train, dev, test, examples].filter((split) => typeof split === 'string');
    const hasAll = splits.every((split) => filesOfSplit(source, published, split).length > 0);
    const layout = hasAll || revision !== undefined ? published : await convertedLayout(request, published);
    const places = (split: string) => fetchSplit(request, layout, split);
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

/** A data set at one commit. */
interface Layout {
  readonly facts: RepositoryFacts;
  /** Files that the task reads. */
  readonly files: readonly string[];
  /** Null: its README names none, and files go by what they are called. */
  readonly configs: readonly PublishedConfig[] | null;
}

async function layoutAt(request: Request, revision: string): Promise<Layout> {
  const { source, formats, access, folder } = request;
  const facts = await factsAt(request, revision);
  const names = facts.siblings.map(({ rfilename }) => rfilename).toSorted();
  const isRead = (name: string) =>
    source.format === undefined ? formatOf(name, formats) !== undefined : !/^(README\.md$|\.)/.test(name);
  const files = names.filter(isRead);
  // Offline it may be of a time when none was fetched.
  const hasReadme =
    names.includes('README.md') && !(access.offline && !existsSync(join(folder, facts.sha, 'README.md')));
  const readme = hasReadme ? await fetchOne(request, facts, 'README.md') : null;
  return { facts, files, configs: readme === null ? null : publishedConfigs(readFileSync(readme, 'utf8'), files) };
}

/** What the hub converted; where it did not, what was published. */
async function convertedLayout(request: Request, published: Layout): Promise<Layout> {
  try {
    return await layoutAt(request, converted);
  } catch (error) {
    if (error instanceof DropsweepError && error.cause instanceof NotThere && published.files.length > 0)
      return published;
    throw error;
  }
}

function filesOfSplit({ config }: HubSource, { files, configs }: Layout, split: string): readonly string[] {
  const chosen = configs === null ? undefined : chosenConfig(configs, config);
  if (chosen !== undefined) return chosen.filesOf(split);
  return configs !== null && config === undefined ? [] : filesByName(files, config, split);
}

/** The one that is named, or that is meant where none is; undefined: there is none. */
function chosenConfig(configs: readonly PublishedConfig[], named: string | undefined): PublishedConfig | undefined {
  return configs.find(({ name, isUsual }) => (named === undefined ? isUsual : name === named));
}

async function fetchSplit(request: Request, layout: Layout, split: string): Promise<readonly string[]> {
  const names = filesOfSplit(request.source, layout, split);
  if (names.length === 0) throw noSplit(request.source, layout, split);
  const files: string[] = [];
  for (const name of names) files.push(await fetchOne(request, layout.facts, name));
  return files;
}

/** One file, where it is not in the cache yet. @returns its place there */
async function fetchOne(request: Request, facts: RepositoryFacts, name: string): Promise<string> {
  const { source, access, folder } = request;
  const file = join(folder, facts.sha, name);
  if (existsSync(file)) return file;
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
  return file;
}

function noSplit({ dataset, config }: HubSource, { files, configs }: Layout, split: string): DropsweepError {
  const all: readonly DatasetConfig[] = (configs ?? configsByName(files)).filter(({ splits }) => splits.length > 0);
  const own = all.filter(({ name }) => name === (config ?? null));
  const usual = config === undefined && configs !== null ? chosenConfig(configs, undefined) : undefined;
  const chosen = usual === undefined ? own : [usual];
  const wanted = `${config === undefined ? '' : `config ${config}, `}split ${split}`;
  const listed = (chosen.length > 0 ? chosen : all).map(
    ({ name, splits }) => `${name === null ? '' : `config ${name}: `}split ${splits.slice(0, mostListed).join(', ')}`,
  );
  const told = `${listed.slice(0, mostListed).join('; ')}${listed.length > mostListed ? '; …' : ''}`;
  const lacks = chosen.length > 0 || all.length === 0 ? 'split' : config === undefined ? 'usual config' : 'config';
  return new DropsweepError('DATA_INVALID', `a data set of the hub has no such ${lacks}`, {
    where: `task.data.hub: ${dataset}`,
    got: files.length === 0 ? `${wanted}, and no file that can be read` : wanted,
    expected: told === '' ? 'files that the task reads' : told,
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
