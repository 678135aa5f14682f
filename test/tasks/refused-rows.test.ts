import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import { readSweepFile } from '../../src/launch/read-sweep-file.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { writeTinyDecoder } from '../support/tiny-decoder.ts';
import { loadFile } from './load-file.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-refused-rows-'));
  mkdirSync(path.join(folder, 'model'));
  writeTinyDecoder(path.join(folder, 'model'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const load = (kind: string, name: string, content: string | Uint8Array, columns: string) =>
  loadFile(folder, { kind, name, content, columns });

const classes = 'text: text, label: label';
const words = 'tokens: tokens, tags: tags';

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
      'tags that are numbers, and no names for them',
      'token-classification',
      'numbers.jsonl',
      '{"tokens":["Ann","left"],"tags":[1,0]}\n',
      words,
      /tags are numbers[^]*numbers\.jsonl:1[^]*got: 0, 1\n[^]*to do: list the names in task\.labels/,
    ],
    [
      'choices and labels that are not as many',
      'multiple-choice',
      'choices.jsonl',
      '{"question":"Which?","choices":{"text":["a","b","c","d"],"label":["A","B","C","D","E"]},"answer":"E"}\n',
      '',
      /do not belong together[^]*choices\.jsonl:1[^]*got: 4 choices and 5 labels: A, B, C, D, E/,
    ],
    [
      'more choices than labels',
      'multiple-choice',
      'more.jsonl',
      '{"question":"Which?","choices":{"text":["a","b","c"],"label":["A","B"]},"answer":"A"}\n',
      '',
      /do not belong together[^]*got: 3 choices and 2 labels: A, B/,
    ],
    [
      'two choices of one label',
      'multiple-choice',
      'same.jsonl',
      '{"question":"Which?","choices":[{"text":"a","label":"A"},{"text":"b","label":"A"}],"answer":"A"}\n',
      '',
      /do not belong together[^]*got: A twice among A, A/,
    ],
    [
      'responses all of which are blank',
      'language-modelling',
      'blank-responses.jsonl',
      '{"instruction":"say","output":" "}\n',
      'instruction: instruction, output: output',
      /no text in output[^]*blank-responses\.jsonl:1/,
    ],
    [
      'a chat whose answer is blank',
      'language-modelling',
      'blank-chat.jsonl',
      '{"messages":[{"role":"user","content":"say"},{"role":"assistant","content":" "}]}\n',
      'messages: messages',
      /a turn of the assistant is blank[^]*blank-chat\.jsonl:1/,
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
      'SQuAD’s layout without questions',
      'question-answering',
      'none.json',
      '{"data":[{"title":"t","paragraphs":[{"context":"a good film","qas":[]}]}]}',
      'format: squad',
      /a data file is empty[^]*none\.json\n[^]*got: 0 questions[^]*expected: data: \[\{paragraphs/,
    ],
    [
      'an answer beyond its context',
      'question-answering',
      'beyond.jsonl',
      '{"id":"1","question":"q","context":"a day","answers":[{"text":"day","answer_start":90}]}\n',
      '',
      /not in the context[^]*beyond\.jsonl:1[^]*got: nothing: the context ends at character 5[^]*to do: it stands at character 2/,
    ],
    [
      'an answer of no characters',
      'question-answering',
      'no-answer.jsonl',
      '{"id":"1","question":"q","context":"a day","answers":[{"text":"","answer_start":0}]}\n',
      '',
      /no answers that can be read[^]*no-answer\.jsonl:1[^]*got: \{"text":"","answer_start":0\}/,
    ],
    [
      'a sentence without words',
      'token-classification',
      'no-words.jsonl',
      '{"tokens":["a","b"],"tags":["O","B-X"]}\n{"tokens":[],"tags":[]}\n',
      words,
      /a sentence has no words[^]*no-words\.jsonl:2[^]*to do: take the row out/,
    ],
    [
      'bytes that are not UTF-8',
      'text-classification',
      'latin.csv',
      Buffer.from('text,label\na,x\nb\u00e9,y\n', 'latin1'),
      classes,
      /is not UTF-8[^]*latin\.csv:3[^]*to do: save it as UTF-8, or name its encoding/,
    ],
    [
      'more cells than columns were named',
      'text-classification',
      'bare-long.csv',
      'a,x\nb,c,y\n',
      `columns: [text, label], ${classes}`,
      /than there are columns[^]*bare-long\.csv:2[^]*got: 3 cells/,
    ],
    [
      'JSON that breaks off',
      'text-classification',
      'broken-off.json',
      '[\n {"text":"a","label":"x"},\n {"text":"b"',
      classes,
      /not JSON[^]*broken-off\.json:3\n[^]*got: the end of the file, within a value/,
    ],
    [
      'JSON with a comma too many',
      'text-classification',
      'comma.json',
      '[\n {"text":"a","label":"x"},\n {"text":"b","label":"y",}\n]',
      classes,
      /not JSON[^]*comma\.json:3\n[^]*got: \}/,
    ],
    [
      'NaN in a JSON file',
      'text-regression',
      'nan.json',
      '[\n {"text":"a","label":1},\n {"text":"b","label":NaN}\n]',
      classes,
      /not JSON[^]*nan\.json:3\n[^]*got: NaN[^]*to do: NaN is nothing to JSON/,
    ],
    [
      'SQuAD’s layout with NaN',
      'question-answering',
      'squad-nan.json',
      '{"data":[{"paragraphs":[{"context":"a day","qas":[{"id":\n"1","question":"q","answers":[{"text":"day","answer_start":NaN}]}]}]}]}',
      'format: squad',
      /not JSON[^]*squad-nan\.json:2\n[^]*to do: NaN/,
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

  it('targets that are all alike are taken, and told', async () => {
    const odd = async (name: string, second: number) => {
      const rows = `{"text":"a","label":1}\n{"text":"b","label":${second}}\n`;
      const { train, task } = await load('text-regression', name, rows, classes);
      return taskOf(task).rows.oddities?.(train, task);
    };
    expect(await odd('alike.jsonl', 1)).toEqual(['all 2 targets are 1; no correlation is defined']);
    expect(await odd('apart.jsonl', 2)).toEqual([]);
  });

  it('windows that leave no room for a question and its context, with the row', async () => {
    const content = `{"id":"1","question":"what day","context":"a good day","answers":[]}\n`;
    const { train, task } = await load('question-answering', 'windows.jsonl', content, '');
    const request = { shape: task, ...openTokenizer(path.join(folder, 'model')), placeOf: () => 'windows.jsonl:1' };
    const windows = taskOf(task).encode(train, { ...request, maxLength: 5 });
    await expect(windows).rejects.toThrow(/DATA_INVALID: windows leave no room[^]*where: windows\.jsonl:1\n/);
    await expect(windows).rejects.toThrow(/task\.stride[^]*to do: raise training\.max_length/);
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
