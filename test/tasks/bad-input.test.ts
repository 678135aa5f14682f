import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import { responseTokens } from '../../src/tasks/language-modelling/encode.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { writeTinyDecoder } from '../support/tiny-decoder.ts';
import { loadFile } from './load-file.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-bad-input-'));
  mkdirSync(path.join(folder, 'model'));
  writeTinyDecoder(path.join(folder, 'model'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const load = (kind: string, name: string, content: string | Uint8Array, columns: string) =>
  loadFile(folder, { kind, name, content, columns });

const classes = 'text: text, label: label';
const words = 'tokens: tokens, tags: tags';
const [half, bell, escape] = ['\\ud800', '\\u0007', '\\u001b[31m'];

describe('a label that cannot be shown or stored is refused with its place, whatever the task', () => {
  it.each([
    ['text-classification', `{"text":"a","label":"x"}\n{"text":"b","label":"y${bell}"}\n`, classes, 'label', 'U+0007'],
    [
      'text-classification',
      `{"text":"a","label":"x"}\n{"text":"b","label":"${escape}y"}\n`,
      classes,
      'label',
      'U+001B',
    ],
    ['text-classification', '{"text":"a","label":"x"}\n{"text":"b","label":"y\\nz"}\n', classes, 'label', 'U+000A'],
    ['text-classification', `{"text":"a","label":"x"}\n{"text":"b","label":"y${half}"}\n`, classes, 'label', 'U+D800'],
    [
      'multi-label-classification',
      `{"text":"a","label":["x"]}\n{"text":"b","label":["y${bell}"]}\n`,
      classes,
      'label',
      'U+0007',
    ],
    [
      'multi-label-classification',
      `{"text":"a","label":"x"}\n{"text":"b","label":"y,z${bell}"}\n`,
      classes,
      'label',
      'U+0007',
    ],
    [
      'multi-label-classification',
      `{"text":"a","label":["x"]}\n{"text":"b","label":["y${half}"]}\n`,
      classes,
      'label',
      'U+D800',
    ],
    [
      'token-classification',
      `{"tokens":["a"],"tags":["O"]}\n{"tokens":["b"],"tags":["B-X${bell}"]}\n`,
      words,
      'tags',
      'U+0007',
    ],
    [
      'token-classification',
      `{"tokens":["a"],"tags":["O"]}\n{"tokens":["b"],"tags":["B-${half}"]}\n`,
      words,
      'tags',
      'U+D800',
    ],
  ])('%s: %j', async (kind, content, columns, column, code) => {
    const refused = load(kind, 'labels.jsonl', content, columns);
    await expect(refused).rejects.toThrow(/DATA_INVALID: a row has a (control )?character in/);
    await expect(refused).rejects.toThrow(
      new RegExp(`in ${column}[^]*labels\\.jsonl:2[^]*${code.replace('+', '\\+')}`),
    );
    await expect(refused).rejects.toThrow(/to do: take the character out/);
  });
});

describe('one number written in two ways is refused, whatever the task', () => {
  it.each([
    [
      'multi-label-classification',
      '{"text":"a","label":["0","1"]}\n{"text":"b","label":["0.0"]}\n',
      classes,
      '0 and 0.0',
    ],
    ['multi-label-classification', '{"text":"a","label":"00,1"}\n{"text":"b","label":"0"}\n', classes, '0 and 00'],
    [
      'token-classification',
      '{"tokens":["a","b"],"tags":["0","1"]}\n{"tokens":["b"],"tags":["00"]}\n',
      words,
      '0 and 00',
    ],
  ])('%s: %j', async (kind, content, columns, both) => {
    await expect(load(kind, 'numbers.jsonl', content, columns)).rejects.toThrow(
      new RegExp(`DATA_INVALID: two classes are the same number[^]*numbers\\.jsonl:1[^]*got: ${both}`),
    );
  });
});

describe('whole numbers that a double cannot hold stay apart, whatever the task', () => {
  const [one, other] = ['9007199254740992', '9007199254740993'];

  it.each([
    [
      'multi-label-classification',
      'jsonl',
      `{"text":"a","label":[${one}]}\n{"text":"b","label":[${other}]}\n`,
      classes,
    ],
    ['multi-label-classification', 'csv', `text,label\na,"[${one}]"\nb,"[${other}]"\n`, classes],
    ['token-classification', 'jsonl', `{"tokens":["a","b","c"],"tags":[${one},${other},"O"]}\n`, words],
  ])('%s of %s', async (kind, format, content, columns) => {
    const { task } = await load(kind, `large.${format}`, content, columns);
    expect(task.label_names.filter((name) => name !== 'O')).toEqual([one, other]);
  });
});

const unusual = '🎉 e\u0301 漢字\r\n👩‍👩‍👧';

describe('Unicode that breaks offsets', () => {
  it('moves no response of an instruction', async () => {
    const rows = [{ instruction: `${unusual} say`, input: unusual, output: `${unusual} good day` }];
    const { train, task } = await load(
      'language-modelling',
      'unusual.jsonl',
      `${JSON.stringify(rows[0])}\n`,
      'instruction: instruction, input: input, output: output',
    );
    const tokenizer = openTokenizer(path.join(folder, 'model'));
    const { inputs } = await taskOf(task).encode(train, { shape: task, ...tokenizer, maxLength: 200 });
    const [input] = inputs;
    if (input === undefined) throw new Error('a row gives an input');
    const said = responseTokens(input).map((at) => tokenizer.tokenizer.idToToken(input.ids[at] ?? 0));
    expect(said.filter((word) => word !== '<unk>')).toEqual(['good', 'day']);
    expect(said.length).toBeGreaterThan(4);
    expect(said.slice(-2)).toEqual(['good', 'day']);
  });

  it('moves no tag of a word', async () => {
    const tokens = ['🎉', 'good', 'e\u0301', 'film', '👩‍👩‍👧', '漢字', 'day'];
    const tags = ['O', 'B-X', 'O', 'B-Y', 'O', 'O', 'B-Z'];
    const { train, task } = await load(
      'token-classification',
      'unusual-words.jsonl',
      `${JSON.stringify({ tokens, tags })}\n`,
      words,
    );
    const tokenizer = openTokenizer(path.join(folder, 'model'));
    const { inputs } = await taskOf(task).encode(train, { shape: task, ...tokenizer, maxLength: 50 });
    const tagged = inputs.flatMap(({ ids, labels }) =>
      Array.from(ids, (id, at) => [tokenizer.tokenizer.idToToken(id), task.label_names[labels[at] ?? -1]]),
    );
    expect(tagged.filter(([word]) => ['good', 'film', 'day'].includes(word ?? ''))).toEqual([
      ['good', 'B-X'],
      ['film', 'B-Y'],
      ['day', 'B-Z'],
    ]);
  });
});
