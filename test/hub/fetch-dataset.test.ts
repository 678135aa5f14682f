import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/sha256.ts';
import { readUnlabelledGlue } from '../../src/data/benchmarks/read-unlabelled-glue.ts';
import { glueTestFiles } from '../../src/launch/data/glue-test-files.ts';
import { withLocalData } from '../../src/launch/data/local-data.ts';
import { glueTasks } from '../../src/sweep/glue-tasks.ts';
import type { GlueSource, HubSource, TaskDefinition } from '../../src/sweep/sweep-definition.ts';
import { loadDataset } from '../../src/tasks/load-dataset.ts';

let cache: string;
let server: Server | null = null;
beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'dropsweep-hub-data-'));
});
afterEach(async () => {
  rmSync(cache, { recursive: true });
  server?.closeAllConnections();
  await new Promise((done) => (server === null ? done(null) : server.close(done)));
  server = null;
});

type Repository = Readonly<Record<string, Uint8Array>>;

/** A hub with one private data set: its revisions, each with its files. @returns its address and what it was asked */
async function hub(revisions: Readonly<Record<string, Repository>>) {
  const asked: string[] = [];
  server = createServer((request, response) => {
    const url = request.url ?? '';
    asked.push(url);
    const [, revision = ''] = /\/revision\/([^?]+)/.exec(url) ?? [];
    const [, commit = '', name = ''] = /\/resolve\/([^/]+)\/(.+)$/.exec(url) ?? [];
    const named = decodeURIComponent(revision);
    const files =
      revision === ''
        ? Object.entries(revisions).find(([key]) => key.replaceAll('/', '-') === commit)?.[1]
        : revisions[named];
    const content = files?.[decodeURIComponent(name)];
    if (request.headers.authorization !== 'Bearer secret') response.writeHead(401).end();
    else if (revision !== '' && files !== undefined) response.end(JSON.stringify(factsOf(revision, files)));
    else if (content !== undefined) response.end(content);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  const address = server.address();
  return { asked, endpoint: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}` };
}

/** The name of a revision stands for its commit. */
function factsOf(revision: string, files: Repository) {
  const siblings = Object.entries(files).map(([rfilename, content]) => ({
    rfilename,
    size: content.length,
    lfs: { sha256: sha256(content), size: content.length },
  }));
  return { sha: decodeURIComponent(revision).replaceAll('/', '-'), siblings };
}

function parquet(texts: readonly string[]): Uint8Array {
  const label = texts.map((_, index) => index % 2);
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'sentence', data: [...texts], type: 'STRING' },
        { name: 'label', data: label, type: 'INT32' },
      ],
    }),
  );
}

/** As the hub has pairs of MNLI. */
function pairs(texts: readonly string[]): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'premise', data: [...texts], type: 'STRING' },
        { name: 'hypothesis', data: texts.map((text) => `${text}?`), type: 'STRING' },
        { name: 'label', data: texts.map((_, index) => BigInt(index)), type: 'INT64' },
        { name: 'idx', data: texts.map((_, index) => index), type: 'INT32' },
      ],
    }),
  );
}

function taskOf(data: Partial<HubSource> = {}): TaskDefinition {
  const columns = { text: 'sentence', label: 'label' };
  const source = { kind: 'hub', dataset: 'org/films', train: 'train', dev: 'validation', columns, ...data } as const;
  return { kind: 'text-classification', data: source, split_seed: 0 };
}

const environment = (endpoint: string, more: NodeJS.ProcessEnv = {}) => ({
  XDG_CACHE_HOME: cache,
  HF_ENDPOINT: endpoint,
  HF_TOKEN: 'secret',
  ...more,
});

const published = {
  'README.md': Buffer.from('films'),
  'sst/train-00000-of-00002.parquet': parquet(['a', 'b']),
  'sst/train-00001-of-00002.parquet': parquet(['c', 'd']),
  'sst/validation-00000-of-00001.parquet': parquet(['e', 'f']),
  'other/train-00000-of-00001.parquet': parquet(['x', 'y']),
};

describe('a data set of the hub', () => {
  it('may have files whose names mean something else in a URL', async () => {
    const names = ['train-a#b.csv', 'train-100%25 of it?.csv', 'train-caf\u00e9 & co.csv'];
    const files = Object.fromEntries(
      names.map((name, i) => [`data/${name}`, Buffer.from(`sentence,label\nrow ${i},${i % 2}\n`)]),
    );
    const { endpoint } = await hub({ main: { ...files, 'data/validation.csv': Buffer.from('sentence,label\nx,0\n') } });
    const { train } = await loadDataset(await withLocalData(taskOf(), environment(endpoint)));
    expect(new Set(train.map(({ text }) => text))).toEqual(new Set(['row 0', 'row 1', 'row 2']));
  });

  it('is fetched once, with the token, and read offline after that', async () => {
    const { endpoint, asked } = await hub({ main: published });
    const task = taskOf({ config: 'sst' });
    const texts = async (more?: NodeJS.ProcessEnv) => {
      const { train, dev } = await loadDataset(await withLocalData(task, environment(endpoint, more)));
      return [...train, ...dev].map((row) => row['text']);
    };
    expect(await texts()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    const files = asked.filter((url) => url.includes('/resolve/')).length;
    // Of the data and of its README.
    expect(files).toBe(4);
    expect(await texts()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(asked.filter((url) => url.includes('/resolve/'))).toHaveLength(files);
    const before = asked.length;
    expect(await texts({ HF_HUB_OFFLINE: '1' })).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(asked).toHaveLength(before);
  });

  it('is a task of GLUE by its config, and a second dev set by its name', async () => {
    const { endpoint, asked } = await hub({
      main: {
        'mnli/train-00000-of-00001.parquet': pairs(['a', 'b', 'c']),
        'mnli/validation_matched-00000-of-00001.parquet': pairs(['m']),
        'mnli/validation_mismatched-00000-of-00001.parquet': pairs(['x', 'y']),
        'rte/train-00000-of-00001.parquet': pairs(['other']),
      },
      'refs/convert/parquet': {},
    });
    const load = async (data: Partial<GlueSource>) => {
      const source = { kind: 'glue', task: 'MNLI', dataset: 'nyu-mll/glue', ...data } as const;
      const task = { kind: 'text-classification', data: source, split_seed: 0 };
      return loadDataset(await withLocalData(task, environment(endpoint)));
    };
    const { train, dev, task } = await load({});
    expect(task.label_names).toEqual(['entailment', 'neutral', 'contradiction']);
    expect(train).toEqual(['a', 'b', 'c'].map((text, label) => ({ text, text_pair: `${text}?`, label })));
    expect(dev.map(({ text }) => text)).toEqual(['m']);
    const mismatched = await load({ dev: 'dev_mismatched' });
    expect(mismatched.dev.map(({ text }) => text)).toEqual(['x', 'y']);
    expect(asked.some((url) => url.includes('/datasets/nyu-mll/glue/resolve/main/mnli/train-'))).toBe(true);
    await expect(load({ dev: 'dev_unmatched' })).rejects.toThrow(/has no such split.*config mnli/s);
  });

  it('has the test rows of MNLI by their splits, and the diagnostic set by its own config', async () => {
    const { endpoint } = await hub({
      main: {
        'mnli/test_matched-00000-of-00001.parquet': pairs(['m']),
        'mnli/test_mismatched-00000-of-00001.parquet': pairs(['x', 'y']),
        'ax/test-00000-of-00001.parquet': pairs(['d', 'e', 'f']),
      },
    });
    const source = { kind: 'glue', task: 'MNLI', dataset: 'nyu-mll/glue' } as const;
    const texts: Record<string, readonly unknown[]> = {};
    for (const submission of glueTasks.MNLI.submission) {
      const files = await glueTestFiles(source, submission, { environment: environment(endpoint) });
      texts[submission.file] = (await readUnlabelledGlue({ task: 'MNLI' }, files)).map(({ cells }) => cells['text']);
    }
    expect(texts).toEqual({ 'MNLI-m.tsv': ['m'], 'MNLI-mm.tsv': ['x', 'y'], 'AX.tsv': ['d', 'e', 'f'] });
  });

  it('has the configs and splits that its README names, whatever its files are called', async () => {
    const csv = (text: string) => Buffer.from(`sentence,label\n${text},0\n${text}s,1\n`);
    const readme = `---
license: mit
configs:
- config_name: plain
  default: true
  data_files:
  - split: train
    path: "shards/part-*.csv"
  - split: validation
    path: [held/**]
- config_name: other
  data_dir: more/other
  data_files: {train: a?.csv, validation: "[b].csv"}
- config_name: folder
  data_dir: ./lies/here
- config_name: alone
  data_files: held/out/x.csv
- config_name: bare
---
# Films
`;
    const { endpoint, asked } = await hub({
      main: {
        'README.md': Buffer.from(readme),
        'shards/part-1.csv': csv('one'),
        'shards/part-2.csv': csv('two'),
        'shards/more/part-3.csv': csv('not'),
        'held/out/x.csv': csv('held'),
        'more/other/a1.csv': csv('other'),
        'more/other/[b].csv': csv('bracket'),
        'lies/here/train.csv': csv('folder'),
        'lies/here/validation.csv': csv('its dev'),
        'train.csv': csv('guessed'),
        'bare/train-0.csv': csv('bare'),
        'bare/validation-0.csv': csv('bare dev'),
      },
    });
    const texts = async (data: Partial<HubSource>, more?: NodeJS.ProcessEnv) => {
      const { train, dev } = await loadDataset(await withLocalData(taskOf(data), environment(endpoint, more)));
      return [train, dev].map((rows) => rows.map((row) => row['text']));
    };
    const rows = (...names: readonly string[]) => names.flatMap((text) => [text, `${text}s`]);
    expect(await texts({})).toEqual([rows('one', 'two'), rows('held')]);
    expect(await texts({ config: 'plain' }, { HF_HUB_OFFLINE: '1' })).toEqual([rows('one', 'two'), rows('held')]);
    expect(await texts({ config: 'other' })).toEqual([rows('other'), rows('bracket')]);
    expect(await texts({ config: 'folder' })).toEqual([rows('folder'), rows('its dev')]);
    expect(await texts({ config: 'bare' })).toEqual([rows('bare'), rows('bare dev')]);
    // There is no revision of what the hub converted: what was published is what there is to choose from.
    await expect(texts({ config: 'alone' })).rejects.toThrow(
      /no such split[^]*got: config alone, split validation\n[^]*expected: config alone: split train\n/,
    );
    await expect(texts({ config: 'ohter' })).rejects.toThrow(
      /no such config[^]*config plain: split train, validation; config other: split train, validation; config folder/,
    );
    await expect(texts({ dev: 'dev' })).rejects.toThrow(/got: split dev\n[^]*config plain: split train, validation\n/);
    expect(asked.some((url) => url.includes('refs%2Fconvert%2Fparquet'))).toBe(true);
  });

  it('is of the revision that is named; without files to read, of what the hub converted', async () => {
    const { endpoint } = await hub({
      main: { 'films.py': Buffer.from('') },
      v1: { 'data/train.csv': Buffer.from('sentence,label\nold,0\nolder,1\n') },
      'refs/convert/parquet': {
        'default/train/0000.parquet': parquet(['new', 'newer']),
        'default/validation/0000.parquet': parquet(['dev', 'devel']),
      },
    });
    const old = taskOf({ revision: 'v1', dev: { fraction: 0.5, stratify: false, seed: 0 } });
    const { train, dev } = await loadDataset(
      await withLocalData({ ...old, labels: ['0', '1'] }, environment(endpoint)),
    );
    expect(new Set([...train, ...dev].map((row) => row['text']))).toEqual(new Set(['old', 'older']));
    const latest = await loadDataset(await withLocalData(taskOf(), environment(endpoint)));
    expect([...latest.train, ...latest.dev].map((row) => row['text'])).toEqual(['new', 'newer', 'dev', 'devel']);
  });

  it('is refused by name: a split that is none, no access, offline, no server', async () => {
    const { endpoint } = await hub({ main: published, 'refs/convert/parquet': published });
    const refused = (data: Partial<HubSource>, more?: NodeJS.ProcessEnv) =>
      expect(withLocalData(taskOf(data), environment(endpoint, more))).rejects;
    await refused({ config: 'sst', dev: 'dev' }).toThrow(
      /DATA_INVALID[^]*no such split[^]*got: config sst, split dev\n[^]*expected: config sst: split train, validation\n/,
    );
    await refused({ config: 'rte' }).toThrow(
      /no such config[^]*got: config rte, split train\n[^]*config other: split train; config sst: split train, validation\n/,
    );
    await refused({}).toThrow(/no such usual config[^]*got: split train\n[^]*config other: split train; config sst/);
    await refused({ config: 'sst' }, { HF_TOKEN: 'wrong' }).toThrow(/answered 401[^]*HF_TOKEN/);
    await refused({ revision: 'v9' }).toThrow(/answered 404/);
    await refused({ revision: 'v9' }, { HF_HUB_OFFLINE: '1' }).toThrow(/HF_HUB_OFFLINE is set/);
    await refused({}, { HF_ENDPOINT: 'http://127.0.0.1:9' }).toThrow(/http:\/\/127\.0\.0\.1:9/);
  });
});
