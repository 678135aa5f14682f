import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeLlamaFolder } from '../../bench/llama2c/write-llama-folder.ts';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import { subjectGroups } from '../../src/metrics/subject-groups.ts';
import type { SetDefinition, TaskDefinition } from '../../src/sweep/sweep-definition.ts';
import type { FrozenRow, TaskShape } from '../../src/sweep/vocabulary.ts';
import { loadDataset, loadSet, settledBy } from '../../src/tasks/load-dataset.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { sharedFolder } from '../support/shared-folder.ts';
import { letterIds, questionWords, writeTinyDecoder } from '../support/tiny-decoder.ts';

const task = taskOf({ kind: 'multiple-choice' });
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-questions-'));
  writeTinyDecoder(folder, { more: questionWords });
});
afterAll(() => rmSync(folder, { recursive: true }));

const columns = { question: 'question', choices: 'choices', answer: 'answer', subject: 'subject' };

interface Source {
  readonly files: Readonly<Record<string, string>>;
  readonly columns?: Readonly<Record<string, string>>;
  readonly rows: string;
  readonly examples?: string;
  readonly shots?: number;
}

function definitionOf({ files, rows, examples, shots, columns: named = columns }: Source): TaskDefinition {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const place = path.join(folder, rows);
  return {
    kind: 'multiple-choice',
    data: {
      kind: 'files',
      train: place,
      dev: place,
      columns: named,
      lenient: ['choices', 'subject'],
      ...(examples === undefined ? {} : { examples: path.join(folder, examples) }),
    },
    split_seed: 0,
    ...(shots === undefined ? {} : { settings: { shots } }),
  };
}

const load = (source: Source) => loadDataset(definitionOf(source));
const jsonl = (...rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const mmlu = {
  files: {
    'machine_learning_test.csv': '"Which, of these?",one,two,three,four,C\nIs it 2?,1,2,3,4,B\n',
    'machine_learning_dev.csv': 'First?,a,b,c,d,A\nSecond?,e,f,g,h,D\n',
  },
  rows: 'machine_learning_test.csv',
  examples: 'machine_learning_dev.csv',
};

describe('MMLU’s own files', () => {
  it('have no header, and a subject by their names', async () => {
    const { train, task: shape } = await load({ ...mmlu, shots: 0 });
    expect(train[0]).toEqual({
      question: 'Which, of these?',
      choices: ['one', 'two', 'three', 'four'],
      answer: 2,
      subject: 'machine_learning',
    });
    expect(shape).toEqual({ kind: 'multiple-choice', label_names: ['A', 'B', 'C', 'D'], settings: { shots: 0 } });
  });

  it('are asked as the benchmark’s own evaluation asks, with the first examples of the subject', async () => {
    const { train } = await load({ ...mmlu, shots: 1 });
    expect(train[0]?.['shots']).toEqual(['First?\nA. a\nB. b\nC. c\nD. d\nAnswer: A\n\n']);
    expect(task.rows.content(train[0] ?? {})).toBe('Which, of these?\nA. one\nB. two\nC. three\nD. four\nAnswer:');
  });

  it('are refused with the line where there are too few examples, or none are named', async () => {
    await expect(load({ ...mmlu, shots: 3 })).rejects.toThrow(
      /machine_learning_test.csv:1\n.*2 in data.examples\n.*3, as many as task.shots/,
    );
    const { examples: _, ...without } = mmlu;
    await expect(load({ ...without, shots: 3 })).rejects.toThrow(/task.shots\n.*shots: 3/);
    const other = { 'anatomy_test.csv': 'Where?,a,b,c,d,A\n' };
    await expect(
      load({ ...mmlu, files: { ...mmlu.files, ...other }, rows: 'anatomy_test.csv', shots: 1 }),
    ).rejects.toThrow(/too few examples of anatomy/);
  });

  it('are refused with the line where a letter is none of the choices, or a choice is blank', async () => {
    const files = (text: string) => ({ ...mmlu, files: { ...mmlu.files, [mmlu.rows]: text }, shots: 0 });
    await expect(load(files('Fine?,a,b,c,d,A\nNot?,a,b,c,d,E\n'))).rejects.toThrow(
      /DATA_INVALID: an answer .*\n.*machine_learning_test.csv:2\n.*got: E\n.*one of A, B, C, D, or 0 to 3/,
    );
    await expect(load(files('Not?,a, ,c,d,A\n'))).rejects.toThrow(/test.csv:1\n/);
  });

  it('may have equal choices, as MMLU’s own: a launch is told how many, and the letter counts', async () => {
    const files = { [mmlu.rows]: 'Fine?,a,b,c,d,A\nOdd?,a,b,c,a ,D\n' };
    const { train, task: shape } = await load({ ...mmlu, files, shots: 0 });
    expect(train.map(({ answer }) => answer)).toEqual([0, 3]);
    expect(taskOf({ kind: 'multiple-choice' }).rows.oddities?.(train, shape)).toEqual([
      '1 of 2 questions have equal choices; the letter of the answer alone counts as right',
    ]);
  });
});

describe('ARC and other forms of questions', () => {
  const one = { choices: ['this', 'that', 'those'], answer: 1 };
  const stem = 'Which is so?';

  it.each([
    ['a list of texts, the answer by letter', { question: stem, choices: one.choices, answer: 'B' }, columns],
    ['a list of texts, the answer by its number from 0', { question: stem, choices: one.choices, answer: 1 }, columns],
    [
      'texts and labels apart, as the hub has ARC',
      { question: stem, choices: { text: one.choices, label: ['1', '2', '3'] }, answerKey: '2' },
      { ...columns, answer: 'answerKey' },
    ],
    [
      'ARC’s own lines',
      {
        question: { stem, choices: one.choices.map((text, at) => ({ text, label: 'ABC'.charAt(at) })) },
        answerKey: 'B',
      },
      { question: 'question.stem', choices: 'question.choices', answer: 'answerKey', subject: 'subject' },
    ],
    [
      'choices within the question, as ARC’s CSV',
      { question: `${stem} (A) this (B) that (C) those`, AnswerKey: 'B' },
      { ...columns, answer: 'AnswerKey' },
    ],
    [
      'numbered choices within the question',
      { question: `${stem} (1) this (2) that (3) those`, AnswerKey: '2' },
      { ...columns, answer: 'AnswerKey' },
    ],
    [
      'a column of each, the last of them empty',
      { question: stem, a: 'this', b: 'that', c: 'those', d: '', answer: 'B' },
      {
        question: 'question',
        'choices.a': 'a',
        'choices.b': 'b',
        'choices.c': 'c',
        'choices.d': 'd',
        answer: 'answer',
      },
    ],
  ])('may be %s', async (_, row, named) => {
    const { train } = await load({ files: { 'rows.jsonl': jsonl(row) }, rows: 'rows.jsonl', columns: named });
    expect(train).toEqual([{ question: stem, ...one }]);
  });

  it.each([
    [
      'a label that is none',
      { question: stem, choices: { text: ['x', 'y'], label: ['A', 'B'] }, answer: 'C' },
      /got: C/,
    ],
    ['a number beyond them', { question: stem, choices: ['x', 'y'], answer: 2 }, /or 0 to 1/],
    ['no choices', { question: stem, choices: [], answer: 'A' }, /got: 0 choices/],
    ['one choice', { question: stem, choices: ['x'], answer: 'A' }, /got: 1 choice\n/],
    ['choices of another form', { question: stem, choices: { a: 'x' }, answer: 'A' }, /a choice cannot be read/],
    ['no choices and none in the question', { question: stem, answer: 'A' }, /got: 0 choices/],
    ['no answer', { question: stem, choices: ['x', 'y'] }, /none of the choices/],
  ])('are refused with the line: %s', async (_, row, message) => {
    const fine = { question: stem, choices: ['x', 'y'], answer: 'A' };
    const source = { files: { 'rows.jsonl': jsonl(fine, row) }, rows: 'rows.jsonl' };
    await expect(load(source)).rejects.toThrow(message);
    await expect(load(source)).rejects.toThrow(/rows.jsonl:2/);
  });
});

/** The words of an input, with those that the tokeniser has not left out. */
async function written(rows: readonly FrozenRow[], shape: TaskShape, maxLength: number) {
  const tokenizer = openTokenizer(folder);
  const encoded = await task.encode(rows, { shape, ...tokenizer, maxLength });
  const words = encoded.inputs.map(({ ids }) =>
    Array.from(ids, (id) => tokenizer.tokenizer.idToToken(id) ?? '')
      .filter((word) => word !== '<unk>')
      .join(' '),
  );
  return { words, encoded };
}

describe('a question as the model reads it', () => {
  const question = { question: 'which film', choices: ['good', 'bad'], answer: 1 };
  const shape: TaskShape = {
    kind: 'multiple-choice',
    label_names: ['A', 'B'],
    settings: { shots: 2, letter_tokens: letterIds.slice(0, 2) },
  };
  const shots = ['which book\nA. dark\nAnswer: A\n\n', 'which song\nA. bad\nAnswer: A\n\n'];

  it('begins with the introduction, has its examples, and ends where the letter is expected', async () => {
    const { words, encoded } = await written([{ ...question, subject: 'film', shots }], shape, 200);
    expect(words).toEqual([
      '<s> about film . which book A . dark Answer : A which song A . bad Answer : A which film A . good B . bad Answer :',
    ]);
    expect(encoded.inputs[0]).toMatchObject({ labels: [1, 2], row: 0, outputs: 2 });
    expect(encoded.cut).toEqual({ rows: 0, fewer_examples: 0 });
  });

  it('gives up examples where it would be too long, the last first, then its own beginning', async () => {
    const lengthOf = async (rows: readonly FrozenRow[]) =>
      (await written(rows, shape, 200)).encoded.inputs[0]?.ids.length ?? 0;
    const row = { ...question, shots };
    const [none, one] = [await lengthOf([question]), await lengthOf([{ ...question, shots: shots.slice(0, 1) }])];
    const at = async (length: number) => (await written([row], shape, length)).words[0];
    expect(await at(one)).toBe((await written([{ ...row, shots: shots.slice(0, 1) }], shape, 200)).words[0]);
    expect(await at(one - 1)).toBe((await written([question], shape, 200)).words[0]);
    const { words, encoded } = await written([row], shape, none - 12);
    expect(words[0]).toMatch(/^<s> which film A .* Answer :$|^<s> .*Answer :$/);
    expect(encoded.inputs[0]?.ids).toHaveLength(none - 12);
    expect(encoded.cut).toEqual({ rows: 1, fewer_examples: 1 });
  });

  it('is settled by the tokeniser, which needs a token of each letter', async () => {
    const loaded = await load({ ...mmlu, shots: 0 });
    expect((await settledBy(loaded, folder)).task.settings).toEqual({ shots: 0, letter_tokens: letterIds });
    const five = { question: 'Which?', choices: ['1', '2', '3', '4', '5'], answer: 'E' };
    const without = await load({ files: { 'rows.jsonl': jsonl(five) }, rows: 'rows.jsonl' });
    // The tiny tokeniser has no E, but one token for all that it does not know, which is a token of its own here.
    expect((await settledBy(without, folder)).task.settings?.['letter_tokens']).toEqual([...letterIds, 3]);
    const six = { ...five, choices: [...five.choices, '6'] };
    const more = await load({ files: { 'rows.jsonl': jsonl(six) }, rows: 'rows.jsonl' });
    await expect(settledBy(more, folder)).rejects.toThrow(
      /MODEL_UNSUPPORTED: the tokenizer has no token for each letter/,
    );
  });
});

const shared = sharedFolder('data');
describe.skipIf(shared === null)('MMLU as it is published', () => {
  it('has 14,042 questions of 57 subjects, each in one group, with five examples', async () => {
    const place = path.join(shared ?? '', 'mmlu');
    const set: SetDefinition = {
      name: 'mmlu',
      own_task: true,
      task: {
        kind: 'multiple-choice',
        data: {
          kind: 'files',
          train: path.join(place, 'test/*.csv'),
          dev: path.join(place, 'test/*.csv'),
          examples: path.join(place, 'dev/*.csv'),
          columns,
          lenient: ['choices', 'subject'],
        },
        split_seed: 0,
      },
    };
    const { rows, task: shape } = await loadSet(set, { kind: 'classification', label_names: [] });
    expect(rows).toHaveLength(14_042);
    expect(shape.settings).toEqual({ shots: 5 });
    const subjects = new Set(rows.map(({ subject }) => (typeof subject === 'string' ? subject : '')));
    expect(subjects.size).toBe(57);
    expect(Object.values(subjectGroups).flat().sort()).toEqual([...subjects].sort());
    expect(Object.values(subjectGroups).map(({ length }) => length)).toEqual([18, 13, 12, 14]);
    expect(rows.every(({ shots }) => Array.isArray(shots) && shots.length === 5)).toBe(true);
  });
});

describe.skipIf(shared === null)('a tokeniser that parts some letters from the space before them', () => {
  it('reads the space with the question, and has the letters without it', async () => {
    const place = mkdtempSync(path.join(tmpdir(), 'dropsweep-stories-'));
    const stories = path.join(shared ?? '', 'models/stories260K');
    writeLlamaFolder(path.join(stories, 'stories260K.bin'), path.join(stories, 'tok512.bin'), place);
    const { train, task: shape } = await settledBy(await load({ ...mmlu, shots: 1 }), place);
    const tokenizer = openTokenizer(place);
    const wordOf = (id: unknown) => tokenizer.tokenizer.idToToken(Number(id));
    const { letter_tokens: letters, space_token: space } = shape.settings ?? {};
    expect((letters as readonly number[]).map(wordOf)).toEqual(['A', 'B', 'C', 'D']);
    expect(wordOf(space)).toBe('▁');
    const { inputs } = await task.encode(train, { shape, ...tokenizer, maxLength: 500 });
    for (const { ids } of inputs) expect([ids.at(-2), ids.at(-1)].map(wordOf)).toEqual([':', '▁']);
    rmSync(place, { recursive: true });
  });
});
