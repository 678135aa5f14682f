// A segment's files come of the database by their hashes: what is not brought here is missing where it runs.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openCheckpointStore } from '../../src/worker/files/checkpoint-store.ts';
import { RunPreparation } from '../../src/worker/files/prepare-run.ts';
import { SegmentBench } from '../support/segment-run.ts';

let bench: SegmentBench;
let folder: string;
beforeEach(() => {
  bench = new SegmentBench();
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-prepared-'));
});
afterEach(() => {
  for (const place of [bench.folder, folder]) rmSync(place, { recursive: true });
});

it('a training is given its rows, the dev rows that choose its step, and the adapter that it begins with', async () => {
  const asked: string[] = [];
  const preparation = new RunPreparation({
    dataDirectory: folder,
    inputsFolder: folder,
    checkpoints: openCheckpointStore(folder),
    checkpointEverySeconds: 60,
    readDataset: (hash) => {
      asked.push(hash);
      return Promise.resolve(new TextEncoder().encode(`content of ${hash}`));
    },
    resolveModelFolder: () => Promise.resolve(bench.modelFolder),
  });
  const specification = {
    ...bench.specification({}),
    selection: { dev: bench.dev },
    init_adapter: { folder: '', hash: 'adapter' },
  };
  const segment = bench.trainSegment(specification);
  const { datasetFiles } = await preparation.run(segment);
  const wanted = [bench.train.hash, bench.dev.hash, 'adapter'];
  expect(Object.keys(datasetFiles).toSorted()).toEqual(wanted.toSorted());
  for (const [hash, file] of Object.entries(datasetFiles))
    expect(readFileSync(file, 'utf8')).toBe(`content of ${hash}`);
  await preparation.run(segment);
  expect(asked).toHaveLength(3);
});

it('a base whose tokenizer alone is another is looked for anew', async () => {
  const asked: string[] = [];
  const preparation = new RunPreparation({
    dataDirectory: folder,
    inputsFolder: folder,
    checkpoints: openCheckpointStore(folder),
    checkpointEverySeconds: 60,
    readDataset: () => Promise.resolve(new Uint8Array()),
    resolveModelFolder: ({ tokenizer_hash: hash }) => {
      asked.push(hash);
      return Promise.resolve(path.join(folder, hash));
    },
  });
  const folderFor = async (hash: string): Promise<string> => {
    const specification = bench.specification({});
    const base = { ...specification.base, tokenizer_hash: hash };
    return (await preparation.run(bench.trainSegment({ ...specification, base }))).modelFolder;
  };
  for (const hash of ['one', 'other', 'one']) expect(await folderFor(hash)).toBe(path.join(folder, hash));
  expect(asked).toEqual(['one', 'other']);
});
