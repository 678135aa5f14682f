import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import { readSweepFile } from '../../src/launch/read-sweep-file.ts';
import { loadDataset } from '../../src/tasks/load-dataset.ts';
import { responseTokens } from '../../src/tasks/language-modelling/encode.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { writeTinyDecoder } from '../support/tiny-decoder.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-bad-input-'));
  mkdirSync(path.join(folder, 'model'));
  writeTinyDecoder(path.join(folder, 'model'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Loads a file as train and dev rows, as a sweep file says it. @param columns what stands in task.data besides */
function load(kind: string, name: string, content: string | Uint8Array, columns: string) {
  writeFileSync(path.join(folder, name), content);
  const sweep = path.join(folder, 'sweep.yaml');
  const data = `{train: ./${name}, dev: ./${name}, ${columns}}`;
  writeFileSync(sweep, `name: s\nbase: some/model\ntask: {kind: ${kind}, data: ${data}}\n`);
  return loadDataset(readSweepFile(sweep).task);
}

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
    ['token-classification', 'jsonl', `{"tokens":["a","b"],"tags":[${one},${other}]}\n`, words],
  ])('%s of %s', async (kind, format, content, columns) => {
    const { task } = await load(kind, `large.${format}`, content, columns);
    expect(task.label_names).toEqual([one, other]);
  });
});

describe('other input that is refused with its code, its place and a way out', () => {
  it.each([
    [
      'a blank label in a list',
      'multi-label-classification',
      'blank.jsonl',
      '{"text":"a","label":["x",""]}\n',
      classes,
      /no list of labels[^]*blank\.jsonl:1[^]*got: \["x",""\][^]*to do: correct the row/,
    ],
    [
      'a single tag',
      'token-classification',
      'one.jsonl',
      '{"tokens":["a"],"tags":["O"]}\n',
      words,
      /fewer than two tags[^]*one\.jsonl:1[^]*got: O[^]*to do: check task\.data\.tags/,
    ],
    [
      'a single label of sets',
      'multi-label-classification',
      'one-set.jsonl',
      '{"text":"a","label":["x"]}\n',
      classes,
      /fewer than two labels[^]*one-set\.jsonl:1[^]*got: x/,
    ],
    [
      'NaN, which JSON has not',
      'text-regression',
      'nan.jsonl',
      '{"text":"a","label":1}\n{"text":"b","label":NaN}\n',
      classes,
      /nan\.jsonl:2/,
    ],
    [
      'a number of JSON that is infinite',
      'text-regression',
      'inf.jsonl',
      '{"text":"a","label":1}\n{"text":"b","label":1e999}\n',
      classes,
      /not a number[^]*inf\.jsonl:2[^]*got: Infinity/,
    ],
    [
      'two columns of 0 and 1 with one name',
      'multi-label-classification',
      'twice.csv',
      'text,rude,rude\na,0,1\n',
      'text: text, label: [rude, text]',
      /two columns are called rude[^]*twice\.csv:1/,
    ],
    [
      'two columns of Parquet with one name',
      'text-classification',
      'twice.parquet',
      twiceInParquet(),
      classes,
      /two columns are called label[^]*twice\.parquet[^]*columns 2 and 3 of text, label, label/,
    ],
    [
      'a column of chats that is not there',
      'language-modelling',
      'chats.jsonl',
      '{"conversation":[]}\n',
      'messages: messages',
      /task\.data\.messages is missing[^]*got: conversation[^]*to do: name one/,
    ],
    [
      'a chat of Parquet without an answer',
      'language-modelling',
      'chats.parquet',
      chatsInParquet(),
      'messages: messages',
      /no turn of the assistant[^]*chats\.parquet: row 2[^]*got: user[^]*to do: add the answer/,
    ],
  ])('%s', async (_, kind, name, content, columns, message) => {
    const refused = load(kind, name, content, columns);
    await expect(refused).rejects.toThrow(/^DATA_INVALID/);
    await expect(refused).rejects.toThrow(message);
  });

  it('two columns of one name where the file has no header', () => {
    const columns = 'columns: [text, label, label], text: text, label: label';
    expect(() => load('text-classification', 'bare.csv', 'a,0,1\nb,1,0\n', columns)).toThrow(
      /SWEEP_FILE_INVALID[^]*task\.data\.columns\[2\]: label stands in the list twice/,
    );
  });

  it('a file that is not there, with those that are', () => {
    const place = path.join(folder, 'split');
    mkdirSync(place);
    for (const name of ['train.csv', 'validation.csv', 'notes.txt']) writeFileSync(path.join(place, name), '');
    const sweep = path.join(place, 'sweep.yaml');
    const data = (dev: string) => `{train: ./train.csv, dev: ${dev}, text: text, label: label}`;
    const read = (dev: string) => {
      writeFileSync(sweep, `name: s\nbase: some/model\ntask: {kind: text-classification, data: ${data(dev)}}\n`);
      return () => readSweepFile(sweep);
    };
    expect(read('./dev.csv')).toThrow(
      /SWEEP_FILE_INVALID[^]*sweep\.yaml:3:\d+ task\.data\.dev: there is no file \S+dev\.csv; the folder has train\.csv, validation\.csv$/m,
    );
    expect(read('./dev.json')).toThrow(/the folder has notes\.txt, sweep\.yaml, train\.csv, validation\.csv$/m);
    expect(read('./nowhere/dev.csv')).toThrow(/there is no file \S+dev\.csv, nor a folder \S+nowhere$/m);
  });
});

function twiceInParquet(): Uint8Array {
  const column = { name: 'label', data: ['x', 'y'], type: 'STRING' as const };
  const columnData = [{ name: 'text', data: ['a', 'b'], type: 'STRING' as const }, column, column];
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

function chatsInParquet(): Uint8Array {
  const turn = (role: string) => ({ role, content: 'good' });
  const data = [[turn('user'), turn('assistant')], [turn('user')]];
  return new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'messages', data, type: 'JSON' }] }));
}

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
