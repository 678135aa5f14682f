import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { readUnlabelledGlue } from '../../src/data/benchmarks/read-unlabelled-glue.ts';
import type { GlueName } from '../../src/sweep/glue-tasks.ts';
import type { GlueSource } from '../../src/sweep/sweep-definition.ts';
import { loadDataset } from '../../src/tasks/load-dataset.ts';
import { sharedFolder } from '../support/shared-folder.ts';

const data = sharedFolder('data');
let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'dropsweep-glue-'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** A folder of GLUE with these files. */
function folderWith(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  return folder;
}

function load(task: GlueName, folder: string, more: Partial<GlueSource> = {}) {
  const kind = task === 'STS-B' ? 'text-regression' : 'text-classification';
  return loadDataset({ kind, data: { kind: 'glue', task, folder, ...more }, split_seed: 0 });
}

describe.skipIf(data === null)('GLUE’s own files (skipped where the shared data is absent)', () => {
  const own = (name: string) => join(data ?? '', 'glue', name);
  const counts = (rows: readonly { readonly label?: unknown }[], classes: number): readonly number[] =>
    Array.from({ length: classes }, (_, label) => rows.filter((row) => row.label === label).length);

  test.each([
    ['CoLA', ['unacceptable', 'acceptable'], [8551, 1043], [2528, 6023], [322, 721]],
    ['SST-2', ['negative', 'positive'], [67349, 872], [29780, 37569], [428, 444]],
    ['MRPC', ['not_equivalent', 'equivalent'], [3668, 408], [1194, 2474], [129, 279]],
    ['RTE', ['entailment', 'not_entailment'], [2490, 277], [1249, 1241], [146, 131]],
    ['WNLI', ['not_entailment', 'entailment'], [635, 71], [323, 312], [40, 31]],
  ] as const)('%s has the rows and labels that are published of it', async (name, names, rows, train, dev) => {
    const read = await load(name, own(name));
    expect(read.task.label_names).toEqual(names);
    expect([read.train.length, read.dev.length, read.test]).toEqual([...rows, null]);
    expect([counts(read.train, 2), counts(read.dev, 2)]).toEqual([train, dev]);
    expect(read.notes).toEqual([]);
  });

  test('STS-B has numbers from 0 to 5, of its 10 columns the last', async () => {
    const { task, train, dev } = await load('STS-B', own('STS-B'));
    expect([task.kind, train.length, dev.length]).toEqual(['regression', 5749, 1500]);
    expect(dev[3]).toEqual({
      text: 'A woman is playing the guitar.',
      text_pair: 'A man is playing guitar.',
      label: 2.4,
    });
    expect(train.every(({ label }) => typeof label === 'number' && label >= 0 && label <= 5)).toBe(true);
  });

  test('CoLA’s first line is a row, and a quotation mark is text', async () => {
    const { train } = await load('CoLA', own('CoLA'));
    expect(train[0]).toEqual({
      text: "Our friends won't buy this analysis, let alone the next one we propose.",
      label: 1,
    });
  });

  test('QNLI’s dev file and the JSON parts of QNLI, QQP and MNLI are read by their names', async () => {
    const parts = { train: 'subset10k_train.json', dev: 'subset10k_dev' };
    const qnli = await load('QNLI', own('QNLI'), { train: 'subset10k_train' });
    expect([qnli.train.length, qnli.dev.length]).toEqual([8999, 5463]);
    expect(counts(qnli.dev, 2)).toEqual([2702, 2761]);
    const qqp = await load('QQP', own('QQP'), parts);
    expect([qqp.train.length, qqp.dev.length]).toEqual([8999, 1000]);
    const mnli = await load('MNLI', own('MNLI'), { train: 'subset10k_train' });
    expect([mnli.train.length, mnli.dev.length]).toEqual([8999, 9815]);
    expect(mnli.task.label_names).toEqual(['entailment', 'neutral', 'contradiction']);
    expect(counts(mnli.dev, 3)).toEqual([3479, 3123, 3213]);
  });
});

const header = 'index\tpromptID\tsentence1\tsentence2\tlabel1\tlabel2\tgold_label\n';

test('of MNLI the gold label counts; rows without one, and lines that lack cells, are left out and counted', async () => {
  const folder = folderWith('MNLI', {
    'train.tsv': `${header}0\t1\ta\tb\tneutral\tneutral\tneutral\n1\t2\tc\td\tneutral\tentailment\t-\n2\t3\te\n`,
    'dev_matched.tsv': `${header}0\t1\ta\tb\tneutral\tneutral\tcontradiction\n`,
    'dev_mismatched.tsv': `${header}0\t1\tm\tn\tneutral\tneutral\tentailment\textra\n`,
  });
  const matched = await load('MNLI', folder);
  expect(matched.train).toEqual([{ text: 'a', text_pair: 'b', label: 1 }]);
  expect(matched.dev).toEqual([{ text: 'a', text_pair: 'b', label: 2 }]);
  expect(matched.notes).toEqual(['1 row lacks a cell and is left out', '1 row has no gold label (-) and is left out']);
  const { dev } = await load('MNLI', folder, { dev: 'dev_mismatched' });
  expect(dev).toEqual([{ text: 'm', text_pair: 'n', label: 0 }]);
});

test('a question of QQP may be blank, as some are', async () => {
  const lines = 'id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n0\t1\t2\ta "\t\t1\n1\t3\t4\tb\tc\t0\n';
  const { train } = await load('QQP', folderWith('QQP', { 'train.tsv': lines, 'dev.tsv': lines }));
  expect(train[0]).toEqual({ text: 'a "', text_pair: '', label: 1 });
});

function parquet(labels: readonly number[]): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'sentence1', data: labels.map((_, index) => `first ${index}`), type: 'STRING' },
        { name: 'sentence2', data: labels.map((_, index) => `second ${index}`), type: 'STRING' },
        { name: 'label', data: labels.map(BigInt), type: 'INT64' },
        { name: 'idx', data: labels.map((_, index) => index + 100), type: 'INT32' },
      ],
    }),
  );
}

test('the hub’s Parquet files have numbers of classes; a label of -1 is refused where labels are wanted', async () => {
  const folder = folderWith('RTE', {
    'train-00000-of-00002.parquet': parquet([0, 1]),
    'train-00001-of-00002.parquet': parquet([1]),
    'dev.parquet': parquet([1, 0]),
    'test-00000-of-00001.parquet': parquet([-1, -1]),
  });
  const { train, dev } = await load('RTE', folder);
  expect(train.map(({ label }) => label)).toEqual([0, 1, 1]);
  expect(dev[0]).toEqual({ text: 'first 0', text_pair: 'second 0', label: 1 });
  await expect(load('RTE', folder, { test: 'test' })).rejects.toThrow(
    /DATA_INVALID: a row has no label.*test-00000-of-00001\.parquet: row 1/s,
  );
  const rows = await readUnlabelledGlue({ task: 'RTE' }, [join(folder, 'test-00000-of-00001.parquet')]);
  expect(rows.map(({ index, cells }) => [index, cells['text']])).toEqual([
    ['100', 'first 0'],
    ['101', 'first 1'],
  ]);
});

test('dev may be drawn from the train rows', async () => {
  const rows = Array.from({ length: 20 }, (_, index) => `text ${index}\t${index % 2}`).join('\n');
  const folder = folderWith('SST-2', { 'train.tsv': `sentence\tlabel\n${rows}\n` });
  const dev = { fraction: 0.2, stratify: true, seed: 0 };
  const read = await load('SST-2', folder, { dev });
  expect([read.train.length, read.dev.length]).toEqual([16, 4]);
  expect(read.dev.filter(({ label }) => label === 1)).toHaveLength(2);
});

test.each([
  [
    'a missing split',
    'RTE',
    {},
    /there is no file of train rows.*got: train\.csv\.bak.*point task\.data\.folder at GLUE's RTE/s,
  ],
  [
    'a task’s file in another’s folder',
    'QNLI',
    { 'train.tsv': 'sentence1\tsentence2\tlabel\na\tb\tentailment\n' },
    /not in the layout of QNLI.*a column question/s,
  ],
  [
    'a label that is none',
    'RTE',
    { 'train.tsv': 'sentence1\tsentence2\tlabel\na\tb\tmaybe\n' },
    /unknown label.*train\.tsv:2.*got: maybe.*entailment, not_entailment/s,
  ],
  [
    'a number beyond the classes',
    'RTE',
    { 'train.tsv': 'sentence1\tsentence2\tlabel\na\tb\t7\n' },
    /unknown label.*got: 7.*0 to 1/s,
  ],
] as const)('%s is refused with its place', async (title, task, files, message) => {
  const folder = folderWith(`${task}-bad-${title}`, { 'train.csv.bak': '', ...files });
  await expect(load(task, folder)).rejects.toThrow(message);
});
