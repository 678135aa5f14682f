import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDataset } from '../../src/tasks/load-dataset.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-labels-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function load(name: string, content: string | Uint8Array, kind = 'text-classification') {
  const path = join(folder, name);
  writeFileSync(path, content);
  const data = { kind: 'files', train: path, dev: path, columns: { text: 'text', label: 'label' } } as const;
  return loadDataset({ kind, data, split_seed: 0 });
}

function parquet(labels: readonly number[] | readonly bigint[], type: 'DOUBLE' | 'INT64'): Uint8Array {
  const columnData = [
    { name: 'text', data: labels.map((_, index) => `text ${index}`), type: 'STRING' as const },
    { name: 'label', data: [...labels], type },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

describe('labels that a person would misread are refused with their place', () => {
  it.each([
    [
      '0 beside 0.0',
      'one.csv',
      'text,label\na,0\nb,0.0\nc,1\n',
      /two classes are the same number[\s\S]*one\.csv:2[\s\S]*got: 0 and 0\.0/,
    ],
    [
      '0 beside 00',
      'two.csv',
      'text,label\na,00\nb,0\nc,1\n',
      /two classes are the same number[\s\S]*got: (0 and 00|00 and 0)/,
    ],
    [
      'one class',
      'three.csv',
      'text,label\na,yes\nb,yes\n',
      /fewer than two classes[\s\S]*three\.csv:2[\s\S]*got: yes/,
    ],
    ['two columns of one name', 'four.csv', 'text,label,label\na,0,1\n', /four\.csv:1[\s\S]*columns 2 and 3/],
    [
      'half of a surrogate pair',
      'five.jsonl',
      '{"text":"a","label":"x\\ud800"}\n',
      /five\.jsonl:1[\s\S]*U\+D800 \(half of a surrogate pair\)/,
    ],
    ['a NUL', 'six.jsonl', '{"text":"a","label":"x\\u0000"}\n', /six\.jsonl:1[\s\S]*U\+0000/],
  ])('%s', async (_, name, content, message) => {
    await expect(load(name, content)).rejects.toThrow(message);
  });

  it.each([
    ['NaN of a CSV', 'seven.csv', 'text,label\na,1.5\nb,NaN\n', /not a number[\s\S]*seven\.csv:3/],
    ['inf of a CSV', 'eight.csv', 'text,label\na,inf\n', /not a number[\s\S]*eight\.csv:2/],
    ['1e999, which is none', 'nine.csv', 'text,label\na,1e999\n', /not a number[\s\S]*nine\.csv:2/],
    ['NaN of Parquet', 'ten.parquet', parquet([1, Number.NaN], 'DOUBLE'), /not a number[\s\S]*ten\.parquet: row 2/],
    ['∞ of Parquet', 'eleven.parquet', parquet([Number.POSITIVE_INFINITY, 1], 'DOUBLE'), /not a number[\s\S]*row 1/],
  ])('as a target, %s', async (_, name, content, message) => {
    await expect(load(name, content, 'text-regression')).rejects.toThrow(message);
  });
});

describe('what is no number is no class either', () => {
  it.each([
    [
      'text-classification',
      'NaN of Parquet',
      'nan.parquet',
      parquet([1, Number.NaN], 'DOUBLE'),
      /no label[\s\S]*row 2\n[\s\S]*got: NaN/,
    ],
    [
      'text-classification',
      '1e999 of JSON',
      'inf.jsonl',
      '{"text":"a","label":1}\n{"text":"b","label":1e999}\n',
      /no label[\s\S]*:2\n[\s\S]*got: Infinity/,
    ],
    [
      'multi-label-classification',
      'NaN of Parquet',
      'sets.parquet',
      parquet([1, Number.NaN], 'DOUBLE'),
      /no list of labels[\s\S]*row 2\n/,
    ],
    [
      'multi-label-classification',
      '1e999 in a list',
      'sets.jsonl',
      '{"text":"a","label":[1,2]}\n{"text":"b","label":[1e999]}\n',
      /no list of labels[\s\S]*:2\n/,
    ],
  ] as const)('of %s, %s', async (kind, _, name, content, message) => {
    await expect(load(name, content, kind)).rejects.toThrow(message);
  });

  it('of token-classification, 1e999', async () => {
    const path = join(folder, 'tags.jsonl');
    writeFileSync(path, '{"text":["a","b"],"label":["O","B-X"]}\n{"text":["a"],"label":[1e999]}\n');
    const columns = { tokens: 'text', tags: 'label' };
    const data = { kind: 'files', train: path, dev: path, columns } as const;
    await expect(loadDataset({ kind: 'token-classification', data, split_seed: 0 })).rejects.toThrow(/tags\.jsonl:2\n/);
  });
});

describe('whole numbers that a double cannot hold stay apart', () => {
  const [one, other] = ['9007199254740992', '9007199254740993'];

  it.each([
    ['csv', `text,label\na,${one}\nb,${other}\n`],
    ['jsonl', `{"text":"a","label":${one}}\n{"text":"b","label":${other}}\n`],
    ['json', `[{"text":"a","label":${one}},{"text":"b","label":${other}}]`],
    ['parquet', parquet([BigInt(one ?? 0), BigInt(other ?? 0)], 'INT64')],
  ])('in %s', async (format, content) => {
    const { task, train } = await load(`large.${format}`, content);
    expect(task.label_names).toEqual([one, other]);
    expect(train.map(({ label }) => label)).toEqual([0, 1]);
  });
});
