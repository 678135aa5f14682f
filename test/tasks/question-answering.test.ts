import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EncodedInput } from '../../src/data/encoded-rows.ts';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import type { FrozenRow, TaskShape } from '../../src/sweep/vocabulary.ts';
import { codePoints } from '../../src/data/tokens/code-points.ts';
import { thawAnswers } from '../../src/tasks/question-answering/answer-row.ts';
import { encode } from '../../src/tasks/question-answering/encode.ts';
import { judge } from '../../src/tasks/question-answering/judge.ts';
import { scoreSquad } from '../../src/tasks/question-answering/score-squad.ts';
import { loadDataset } from '../../src/tasks/load-dataset.ts';
import { sharedFolder } from '../support/shared-folder.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-questions-'));
  writeTinyModel(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Asked {
  readonly id?: unknown;
  readonly question?: unknown;
  readonly answers?: unknown;
  readonly is_impossible?: boolean;
}

/** Loads a file in SQuAD's layout: one paragraph. */
function load(context: string, ...asked: readonly Asked[]) {
  const qas = asked.map((one, index) => ({ id: `q${index}`, question: 'which film', ...one }));
  const file = path.join(folder, 'squad.json');
  writeFileSync(file, JSON.stringify({ version: '1.1', data: [{ title: 't', paragraphs: [{ context, qas }] }] }));
  const columns = { id: 'id', question: 'question', context: 'context', answers: 'answers' };
  return loadDataset({
    kind: 'question-answering',
    data: { kind: 'files', train: file, dev: file, columns },
    split_seed: 0,
  });
}

const answer = (text: string, start: number) => [{ text, answer_start: start }];

describe('questions in SQuAD’s layout', () => {
  it('are answered at code points, and by starts that count UTF-16 units too', async () => {
    const context = '🎉 the film was good';
    const { train, task } = await load(context, { answers: answer('film', 6) }, { answers: answer('film', 7) });
    expect(train.map((row) => thawAnswers(row).answers)).toEqual([
      [{ text: 'film', start: 6 }],
      [{ text: 'film', start: 6 }],
    ]);
    expect(task).toEqual({
      kind: 'question-answering',
      label_names: [],
      settings: { unanswerable: false },
    });
  });

  it('have no answer where they are said to be impossible, and answers wherever a row has them', async () => {
    const { train, task } = await load(
      'the film was good',
      { answers: [], is_impossible: true },
      { answers: { text: ['film'], answer_start: [4] } },
      { answers: 'good' },
    );
    expect(train.map((row) => thawAnswers(row).answers)).toEqual([
      [],
      [{ text: 'film', start: 4 }],
      [{ text: 'good', start: 13 }],
    ]);
    expect(task.settings).toEqual({ unanswerable: true });
  });

  it.each([
    ['an answer that is elsewhere', { answers: answer('film', 3) }, /qas\[0\][^]*got:  fil[^]*stands at character 4/],
    ['an answer that is nowhere', { answers: answer('movie', 3) }, /is not in the context[^]*"movie" at character 3/],
    ['no answers', {}, /no answers that can be read[^]*got: nothing/],
    ['an answer without a text', { answers: [{ answer_start: 3 }] }, /no answers that can be read/],
    ['a start that is no whole number', { answers: [{ text: 'film', answer_start: '4' }] }, /no answers/],
    ['a start before the text', { answers: [{ text: 'film', answer_start: -4 }] }, /is not in the context where/],
    ['no question', { question: ' ', answers: answer('film', 4) }, /a row has no text in question/],
    ['no id', { id: null, answers: answer('film', 4) }, /a row has no text in id/],
  ])('with %s are DATA_INVALID, with the place', async (_, asked, message) => {
    await expect(load('the film was good', asked)).rejects.toThrow(/DATA_INVALID/);
    await expect(load('the film was good', asked)).rejects.toThrow(message);
  });

  it('of one id twice are refused, since answers are handed in by id', async () => {
    const asked = { id: 'a', answers: answer('film', 4) };
    await expect(load('the film was good', asked, asked)).rejects.toThrow(
      /qas\[1\]\n {2}got: a\n {2}expected: .*qas\[0\]/,
    );
  });

  it('of another layout are refused with what is expected', () => {
    const file = path.join(folder, 'other.json');
    for (const [text, message] of [
      ['[{"question": "a"}]', /not in SQuAD's layout[^]*no data/],
      ['{"data": [{}]}', /data\[0\][^]*no paragraphs/],
      ['{', /not JSON/],
    ] as const) {
      writeFileSync(file, text);
      expect(() => scoreSquad({ dataset: file, predictions: file, threshold: 1 })).toThrow(message);
    }
  });
});

const shape: TaskShape = { kind: 'question-answering', label_names: [], settings: { unanswerable: false } };

function encoded(rows: readonly FrozenRow[], maxLength: number, settings: TaskShape['settings'] = {}) {
  const tokenizer = openTokenizer(folder);
  return encode(rows, { shape: { ...shape, settings }, ...tokenizer, maxLength });
}

const row = (question: string, context: string, ...answers: readonly [string, number][]): FrozenRow => ({
  id: 'q',
  question,
  context,
  answers: answers.map(([text, start]) => ({ text, start })),
});

/** What the labelled tokens of a window cover. */
function labelled({ labels, spans }: EncodedInput, context: string): string {
  const [start = 0, end = 0] = labels;
  return start === 0 ? '' : codePoints(context, spans?.[2 * start] ?? 0, spans?.[2 * end + 1] ?? 0);
}

describe('windows', () => {
  it('hold all of a context behind the question, each with a third of the tokens again', async () => {
    const context = 'the film was very good a bad day is dark the sad film was a fine day';
    const { inputs } = await encoded([row('good film', context, ['sad film', 45])], 12);
    // [CLS] good film [SEP] … [SEP]: 7 tokens of context, of which 4 are had again.
    expect(inputs.map(({ ids }) => ids.length)).toEqual([12, 12, 12, 12, 10]);
    expect(inputs.every(({ row: of }) => of === 0)).toBe(true);
    const covered = inputs.flatMap(({ spans }) => Array.from(spans ?? [])).filter((at) => at >= 0);
    expect([Math.min(...covered), Math.max(...covered)]).toEqual([0, context.length]);
    expect(inputs.map((input) => labelled(input, context))).toEqual(['', '', 'sad film', 'sad film', '']);
  });

  it('count code points, whatever stands before an answer', async () => {
    const context = '🎉 漢 é\r\n\u0301 the film 👩‍👩‍👧 was good';
    const at = Array.from(context).indexOf('g');
    const { inputs } = await encoded([row('which', context, ['good', at])], 30);
    expect(inputs.map((input) => labelled(input, context))).toEqual(['good']);
  });

  it('have a question cut that is longer than half of them, and refuse one that leaves no room', async () => {
    const long = row('good bad sad fine glad dark', 'the film was good');
    const { inputs, cut } = await encoded([long], 12);
    expect(cut).toEqual({ questions: 1, question_tokens: 2 });
    expect((await encoded([long], 40)).cut?.['questions']).toBe(0);
    for (const tooShort of [9, 6])
      await expect(encoded([long], tooShort)).rejects.toThrow(/no room for the question and/);
    expect(Array.from(inputs[0]?.ids.slice(0, 4) ?? [])).toEqual([2, 4, 8, 3]);
    await expect(encoded([long], 12, { max_question_tokens: 6 })).rejects.toThrow(
      /where: row 1\n[^]*3 tokens of a context in each window of 12, of which 4 \(task\.stride\)/,
    );
    await expect(encoded([long], 12, { stride: 7 })).rejects.toThrow(/DATA_INVALID/);
  });
});

describe('answers', () => {
  const context = 'the film was good 🎉 e\u0301 day';
  const offsets = [0, 4, 9, 13, 18, 20, 23];
  const ends = [3, 8, 12, 17, 19, 21, 26];
  const tokens = offsets.length + 3;
  const spans = Int32Array.from([-1, -1, -1, -1, ...offsets.flatMap((at, i) => [at, ends[i] ?? 0]), -1, -1]);
  const input = { ids: Int32Array.of(), typeIds: Uint8Array.of(), labels: [0, 0], row: 0, spans };

  /** @param scores [token, start, end]; all others 0 */
  function judged(
    scores: readonly (readonly [number, number, number])[],
    judging = {},
    answers: readonly [string, number][] = [['film', 4]],
  ) {
    const values = new Float64Array(2 * tokens);
    for (const [token, start, end] of scores) values.set([start, end], 2 * token);
    const offsetsOf = Uint32Array.of(0, values.length);
    const unanswerable = 'null_threshold' in judging;
    return judge(
      { values, offsets: offsetsOf },
      {
        rows: [row('which', context, ...answers)],
        inputs: [input],
        shape: { ...shape, settings: { unanswerable } },
        judging,
      },
    );
  }
  const textOf = (...of: Parameters<typeof judged>) => judged(...of).answers[0]?.prediction;

  it('are cut from the context by the best sum of start and end', () => {
    expect(
      textOf([
        [3, 5, 0],
        [5, 0, 5],
      ]),
    ).toBe('film was good');
    // The best end comes before the best start: the next best pair counts.
    expect(
      textOf([
        [3, 0, 6],
        [5, 5, 1],
      ]),
    ).toBe('good');
    // Tokens of the question, and the special ones, are no answer.
    expect(
      textOf([
        [1, 9, 9],
        [0, 9, 9],
        [3, 1, 1],
      ]),
    ).toBe('film');
  });

  it('are no longer than they may be', () => {
    const scores = [
      [2, 5, 0],
      [8, 0, 6],
    ] as const;
    expect(textOf(scores)).toBe('the film was good 🎉 e\u0301 day');
    expect(textOf(scores, { max_answer_tokens: 2 })).toBe('e\u0301 day');
  });

  it('hold the marks that combine with their last character', () => {
    expect(textOf([[7, 5, 5]])).toBe('e\u0301');
    expect(
      textOf([
        [6, 5, 0],
        [7, 0, 5],
      ]),
    ).toBe('🎉 e\u0301');
  });

  it('are none where no answer scores more, by more than the threshold', () => {
    const scores = [
      [0, 2, 2],
      [3, 1.5, 1.5],
    ] as const;
    expect(textOf(scores)).toBe('film');
    expect(textOf(scores, { null_threshold: 0 })).toBe('');
    expect(textOf(scores, { null_threshold: 1 })).toBe('film');
    expect(judged(scores, { null_threshold: 1 })).toMatchObject({ threshold: 1, fitted: false, unanswerable: true });
    expect(judged(scores)).toMatchObject({ threshold: null, fitted: false });
  });

  it('have a threshold fitted to the rows where that is asked for, which is said', () => {
    const fitted = judged(
      [
        [0, 2, 2],
        [3, 1.5, 1.5],
      ],
      { null_threshold: 'fitted' },
    );
    expect(fitted).toMatchObject({ threshold: 1, fitted: true });
    expect(fitted.answers[0]?.prediction).toBe('film');
    const none = judged(
      [
        [0, 2, 2],
        [3, 1.5, 1.5],
      ],
      { null_threshold: 'fitted' },
      [],
    );
    expect(none.answers[0]?.prediction).toBe('');
  });
});

const data = sharedFolder('data');

describe.skipIf(data === null)('XQuAD in English (skipped where the shared data is absent)', () => {
  it('is read whole, its every answer stands in a window, and is cut from it as it is', async () => {
    const file = path.join(data ?? '', 'squad', 'xquad.en.json');
    const columns = { id: 'id', question: 'question', context: 'context', answers: 'answers' };
    const { train, task } = await loadDataset({
      kind: 'question-answering',
      data: { kind: 'files', train: file, dev: file, columns },
      split_seed: 0,
      train_rows: 200,
    });
    const tokenizer = openTokenizer(path.join(data ?? '', 'tokenizers', 'all-MiniLM-L6-v2'));
    const { inputs } = await encode(train, { shape: task, ...tokenizer, maxLength: 128 });
    const found = new Set<number>();
    for (const input of inputs) {
      const asked = thawAnswers(train[input.row] ?? {});
      const text = labelled(input, asked.context);
      if (text === '') continue;
      found.add(input.row);
      expect(text).toContain(asked.answers[0]?.text);
    }
    expect(found.size).toBe(train.length);
  });
});
