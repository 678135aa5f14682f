import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDataset } from '../../src/tasks/load-dataset.ts';
import type { FileSource, TaskDefinition } from '../../src/sweep/sweep-definition.ts';
import { sharedFolder } from '../support/shared-folder.ts';
import { thawText } from '../../src/tasks/text-rows.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-data-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes the same content as train and dev unless a dev content is given. */
function task(
  format: string,
  train: string,
  {
    dev = train,
    columns = {},
    place = {},
    ...more
  }: {
    dev?: string;
    columns?: Record<string, string>;
    place?: Partial<FileSource>;
  } & Partial<TaskDefinition> = {},
): TaskDefinition {
  const paths = { train: join(folder, `train.${format}`), dev: join(folder, `dev.${format}`) };
  writeFileSync(paths.train, train);
  writeFileSync(paths.dev, dev);
  const named = { text: 'text', label: 'label', ...columns };
  const data = { kind: 'files', format, ...paths, columns: named, ...place } as const;
  return { kind: 'text-classification', data, split_seed: 1, ...more };
}

test('CSV with quoted commas and line breaks is read, labels sorted by name', async () => {
  const { task: shape, train } = await loadDataset(task('csv', '\ufefftext,label\n"a, ""b""\nc",pos\nd,neg\n'));
  expect(shape).toEqual({ kind: 'classification', label_names: ['neg', 'pos'] });
  expect(train).toEqual([
    { text: 'a, "b"\nc', label: 1 },
    { text: 'd', label: 0 },
  ]);
});

test('TSV takes quotation marks as text', async () => {
  const { train } = await loadDataset(task('tsv', 'label\ttext\npos\t"open\nneg\the said "no"\n'));
  expect(train.map((row) => row['text'])).toEqual(['"open', 'he said "no"']);
});

test('JSONL takes numbers and booleans as labels, and pairs of texts', async () => {
  const lines = '{"text":"a","other":"b","label":1}\n\n{"text":"c","other":"d","label":0}\n';
  const { task: shape, train } = await loadDataset(task('jsonl', lines, { columns: { text_pair: 'other' } }));
  expect(shape.label_names).toEqual(['0', '1']);
  expect(train[0]).toEqual({ text: 'a', text_pair: 'b', label: 1 });
});

test('label names given in the sweep file decide the order of the logits', async () => {
  const { task: shape, train } = await loadDataset(
    task('csv', 'text,label\na,neg\nb,pos\n', { labels: ['pos', 'neg'] }),
  );
  expect(shape.label_names).toEqual(['pos', 'neg']);
  expect(train.map((row) => row['label'])).toEqual([1, 0]);
});

test('a regression takes numbers as targets', async () => {
  const { task: shape, dev } = await loadDataset(task('csv', 'text,label\na,1.5\nb,-2\n', { kind: 'text-regression' }));
  expect(shape).toEqual({ kind: 'regression', label_names: [] });
  expect(dev.map((row) => row['label'])).toEqual([1.5, -2]);
});

test('a subset is drawn by the split seed, and a smaller one begins a larger one', async () => {
  const lines = `text,label\n${Array.from({ length: 40 }, (_, i) => `row ${i},${i % 2}`).join('\n')}\n`;
  const subset = async (rows: number, seed = 1): Promise<string[]> => {
    const { train } = await loadDataset(task('csv', lines, { train_rows: rows, split_seed: seed }));
    return train.map((row) => thawText(row).text);
  };
  const ten = await subset(10);
  expect(ten).toHaveLength(10);
  expect((await subset(20)).slice(0, 10)).toEqual(ten);
  expect(await subset(10, 2)).not.toEqual(ten);
});

const broken: readonly [string, () => TaskDefinition, string][] = [
  ['a missing column', () => task('csv', 'words,label\na,0\nb,1\n'), 'task.data.text'],
  ['a row without text', () => task('csv', 'text,label\na,0\n"  ",1\n'), 'train.csv:3'],
  ['a row without text after a cell of two lines', () => task('csv', 'text,label\n"a\nb",0\n,1\n'), 'train.csv:4'],
  ['a row without a label', () => task('csv', 'text,label\na,0\nb,\n'), 'train.csv:3'],
  ['an unknown label', () => task('csv', 'text,label\na,0\nb,1\n', { dev: 'text,label\nc,2\n' }), 'dev.csv:2'],
  ['a label that the list lacks', () => task('csv', 'text,label\na,0\nb,1\n', { labels: ['0', '2'] }), 'one of 0, 2'],
  ['a single class', () => task('csv', 'text,label\na,0\nb,0\n'), 'at least two label names'],
  ['a row with too many cells', () => task('csv', 'text,label\na,b,0\n'), 'train.csv:2'],
  ['an open quotation mark', () => task('csv', 'text,label\n"a,0\nb,1\n'), 'train.csv'],
  ['a line that is not JSON', () => task('jsonl', '{"text":"a","label":0}\n{"text":\n'), 'train.jsonl:2'],
  ['a line that is a list', () => task('jsonl', '["a"]\n'), 'train.jsonl:1'],
  ['a text that is a number', () => task('jsonl', '{"text":3,"label":0}\n{"text":"b","label":1}\n'), 'train.jsonl:1'],
  ['an empty file', () => task('csv', ''), 'train.csv'],
  ['a header without rows', () => task('csv', 'text,label\n', { labels: ['0', '1'] }), '0 rows'],
  ['a target that is no number', () => task('csv', 'text,label\na,x\n', { kind: 'text-regression' }), 'train.csv:2'],
  [
    'more rows asked for than there are',
    () => task('csv', 'text,label\na,0\nb,1\n', { train_rows: 3 }),
    'task.train_rows',
  ],
  [
    'a missing file',
    () => task('csv', 'text,label\na,0\nb,1\n', { place: { dev: join(folder, 'absent.csv') } }),
    'absent.csv',
  ],
];

test.each(broken)('%s is DATA_INVALID and says where', async (_, make, where) => {
  const definition = make();
  let caught: unknown;
  try {
    await loadDataset(definition);
  } catch (error) {
    caught = error;
  }
  expect(caught).toMatchObject({ code: 'DATA_INVALID' });
  expect(String(caught)).toContain(where);
});

test('a file that is not UTF-8 is DATA_INVALID', async () => {
  const definition = task('csv', 'text,label\na,0\nb,1\n');
  writeFileSync(join(folder, 'train.csv'), Buffer.from([0x74, 0xff, 0xfe, 0x0a]));
  await expect(loadDataset(definition)).rejects.toThrow(/not UTF-8/);
});

describe('the SpamAssassin package', () => {
  const definition: TaskDefinition = {
    kind: 'text-classification',
    data: { kind: 'package', package: 'spam-assassin' },
    train_rows: 300,
    dev_rows: 400,
    split_seed: 5,
  };

  test('splits never share a text, keep their order, and dev does not depend on the number of train rows', async () => {
    const { task: shape, train, dev, test: held } = await loadDataset(definition);
    expect(shape.label_names).toEqual(['ham', 'spam']);
    expect([train.length, dev.length, held]).toEqual([300, 400, null]);
    const texts = new Set([...train, ...dev].map((row) => thawText(row).text.toLowerCase()));
    expect(texts.size).toBe(700);
    expect((await loadDataset({ ...definition, train_rows: 900 })).dev).toEqual(dev);
    const spam = dev.filter((row) => row.label === 1).length;
    expect(spam).toBeGreaterThan(60);
    expect(spam).toBeLessThan(200);
  });

  test('rows hold subject and body and no header', async () => {
    const { train } = await loadDataset(definition);
    const headers = /^(received|return-path|delivered-to|message-id|x-mailer):/i;
    expect(train.filter((row) => headers.test(thawText(row).text))).toEqual([]);
  });

  test('more rows than mails are DATA_INVALID', async () => {
    await expect(loadDataset({ ...definition, train_rows: 6000 })).rejects.toThrow(/DATA_INVALID/);
  });
});

const data = sharedFolder('data');

test.skipIf(data === null)(
  'MRPC has 3668 train and 408 dev pairs (skipped where the shared data is absent)',
  async () => {
    const {
      task: shape,
      train,
      dev,
      test: held,
    } = await loadDataset({
      kind: 'text-classification',
      data: { kind: 'glue', task: 'MRPC', folder: join(data ?? '', 'glue', 'MRPC') },
      split_seed: 0,
    });
    expect([train.length, dev.length, held]).toEqual([3668, 408, null]);
    expect(shape.label_names).toEqual(['not_equivalent', 'equivalent']);
    // The dev file opens with a byte-order mark, and 279 of its pairs are paraphrases.
    expect(dev.filter((row) => row.label === 1)).toHaveLength(279);
    expect(train[0]?.text).toContain('Amrozi accused his brother , whom he called " the witness "');
    expect(train[0]?.['text_pair']).toContain('Referring to him as only " the witness "');
  },
);
