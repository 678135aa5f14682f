import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import { batchLabels, tokenBatch } from '../../src/data/batches/token-batch.ts';
import { entityF1, tagScores } from '../../src/metrics/entity-f1.ts';
import { scoreSet } from '../../src/metrics/score-set.ts';
import { equalRows } from '../../src/sweep/output-rows.ts';
import type { TaskShape } from '../../src/sweep/vocabulary.ts';
import { loadDataset } from '../../src/tasks/load-dataset.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { encode } from '../../src/tasks/token-classification/encode.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-tags-'));
  writeTinyModel(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Changes the tiny model's tokenizer. */
function rewriteTokenizer(change: (tokenizer: Record<string, unknown>) => unknown): void {
  const file = path.join(folder, 'tokenizer.json');
  const tokenizer: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify(change(tokenizer)));
}

function load(format: 'conll' | 'jsonl', text: string, labels?: readonly string[]) {
  const file = path.join(folder, `train.${format}`);
  writeFileSync(file, text);
  const columns = { tokens: 'tokens', tags: 'tags' };
  return loadDataset({
    kind: 'token-classification',
    data: { kind: 'files', format, train: file, dev: file, columns },
    split_seed: 0,
    ...(labels === undefined ? {} : { labels }),
  });
}

describe('sentences', () => {
  it('are read from CoNLL’s columns, a word a line, with its tag last', async () => {
    const { train, task } = await load(
      'conll',
      '-DOCSTART- -X- O O\r\n\r\n# a comment\r\n# NN B-PER\r\nAnn NNP B-PER\r\nleft VBD O\r\n\r\n\r\nBob\tI-PER\r\n',
    );
    expect(task).toEqual({ kind: 'token-classification', label_names: ['O', 'B-PER', 'I-PER'] });
    expect(train).toEqual([
      { tokens: ['Ann', 'left'], tags: [1, 0] },
      { tokens: ['Bob'], tags: [2] },
    ]);
  });

  it('are read from lists, of numbers too where the labels are listed', async () => {
    expect((await load('jsonl', '{"tokens":["a","b"],"tags":["O","B-X"]}\n')).train).toEqual([
      { tokens: ['a', 'b'], tags: [0, 1] },
    ]);
    expect((await load('jsonl', '{"tokens":["a","b"],"tags":[1,0]}\n', ['0', '1'])).train).toEqual([
      { tokens: ['a', 'b'], tags: [1, 0] },
    ]);
  });

  it('may have numbers for tags, as the hub’s have: each is a place among the names that are listed', async () => {
    const text = '{"tokens":["Ann","left"],"tags":[1,0]}\n{"tokens":["Bob"],"tags":[2]}\n';
    await expect(load('jsonl', text)).rejects.toThrow(/tags are numbers[^]*train\.jsonl:1\n[^]*got: 0, 1, 2\n/);
    await expect(load('conll', 'Ann 1\nleft 0\n')).rejects.toThrow(/tags are numbers[^]*train\.conll:1\n/);
    const { train, task } = await load('jsonl', text, ['O', 'B-PER', 'I-PER']);
    expect(train.map(({ tags }) => tags)).toEqual([[1, 0], [2]]);
    expect(task.label_names).toEqual(['O', 'B-PER', 'I-PER']);
    await expect(load('jsonl', text, ['O', 'B-PER'])).rejects.toThrow(
      /unknown tag\n.*train\.jsonl:2\n.*got: 2\n.*expected: a number from 0 to 1, .*; or one of O, B-PER in every row/,
    );
    // Where the names are numbers, they are meant by themselves.
    await expect(load('jsonl', text, ['1', '2'])).rejects.toThrow(/got: 0\n.*expected: one of 1, 2\n/);
  });

  it('without any word in which an entity begins are told of: their entity F1 is 0', async () => {
    const odd = async (text: string, labels?: readonly string[]) => {
      const { train, task } = await load('jsonl', text, labels);
      return taskOf(task).rows.oddities?.(train, task);
    };
    expect(await odd('{"tokens":["a","b"],"tags":["O","B-X"]}\n')).toEqual([]);
    const none = [expect.stringMatching(/^no word has a tag that begins an entity/)];
    expect(await odd('{"tokens":["a","b"],"tags":[1,0]}\n', ['0', '1'])).toEqual(none);
    expect(await odd('{"tokens":["a","b"],"tags":["O","O"]}\n', ['O', 'B-X'])).toEqual(none);
  });

  it.each([
    ['conll', 'Ann B-PER\nleft\n', /train.conll:2[^]*got: left/],
    ['conll', '-DOCSTART- O\n\n', /a data file is empty\n[^]*train.conll[^]*to do: add rows/],
    ['conll', 'Ann O\n', /fewer than two tags/],
    ['jsonl', '{"tokens":["a"],"tags":["O","B-X"]}\n', /1 word, 2 tags/],
    ['jsonl', '{"tokens":[],"tags":[]}\n{"tokens":["a","b"],"tags":["O","B-X"]}\n', /a sentence has no words/],
    ['jsonl', '{"tokens":["a"],"tags":"O"}\n', /no list of words in tags/],
    ['jsonl', '{"tokens":["a",""],"tags":["O","B-X"]}\n', /no list of words in tokens/],
  ] as const)('of %s that are wrong are DATA_INVALID, with the place', async (format, text, message) => {
    await expect(load(format, text)).rejects.toThrow(/DATA_INVALID/);
    await expect(load(format, text)).rejects.toThrow(message);
  });

  it('that are longer than an input become several: no word is cut off', async () => {
    const tokens = ['good', 'film', 'bad', 'day', 'zzz', 'a', 'the'];
    const row = { tokens, tags: [0, 1, 2, 1, 0, 1, 2] };
    const shape: TaskShape = { kind: 'token-classification', label_names: ['O', 'B-X', 'I-X'] };
    const { inputs } = await encode([row], { shape, ...openTokenizer(folder), maxLength: 5 });
    expect(inputs.map(({ ids }) => ids.length)).toEqual([5, 5, 3]);
    expect(inputs.map(({ labels }) => labels)).toEqual([
      [-100, 0, 1, 2, -100],
      [-100, 1, 0, 1, -100],
      [-100, 2, -100],
    ]);
  });
});

describe('exported predictions', () => {
  const shape: TaskShape = { kind: 'token-classification', label_names: ['O', 'B-X', 'I-X'] };

  it('have a tag and a prediction for each word: null of one that the tokenizer drops', async () => {
    // As bert-base-uncased does of control characters and lone zero-width ones.
    rewriteTokenizer((tokenizer) => ({
      ...tokenizer,
      normalizer: { type: 'Replace', pattern: { String: '\u200B' }, content: '' },
    }));
    const rows = [
      { tokens: ['good', '\u200B', 'film', 'was', 'bad', '\u200B\u200B'], tags: [1, 0, 2, 0, 1, 2] },
      { tokens: ['bad', 'day'], tags: [1, 0] },
    ];
    // Windows of two tokens each: words of a sentence stand in several inputs.
    const encoded = await encode(rows, { shape, ...openTokenizer(folder), maxLength: 4 });
    const [first, second] = encoded.inputs;
    expect(first?.labels).toEqual([-100, 1, 2, -100]);
    expect(second?.labels).toEqual([-100, 0, 1, -100]);
    // Each token says the tag that its number has: I-X of the first one, O of the next, B-X, and so on.
    const lengths = encoded.inputs.map(({ ids }) => ids.length);
    const offsets = Uint32Array.from(
      [0, ...lengths].map((_, at) => 3 * lengths.slice(0, at).reduce((a, b) => a + b, 0)),
    );
    const values = new Float64Array(offsets.at(-1) ?? 0);
    let said = 2;
    for (const [number, { labels }] of encoded.inputs.entries()) {
      for (const [token, label] of labels.entries()) {
        if (label === -100) continue;
        values[(offsets[number] ?? 0) + 3 * token + said] = 1;
        said = (said + 1) % 3;
      }
    }
    const { predictions } = taskOf(shape);
    // Of logits 1, 0, 0.
    const greatest = Math.E / (Math.E + 2);
    const likely = expect.closeTo(greatest, 12);
    expect(predictions.of({ values, offsets }, { ...encoded, shape }, 'logits')).toEqual([
      {
        row: 0,
        tokens: rows[0]?.tokens,
        tags: ['B-X', 'O', 'I-X', 'O', 'B-X', 'I-X'],
        predictions: ['I-X', null, 'O', 'B-X', 'I-X', null],
        probabilities: [likely, null, likely, likely, likely, null],
      },
      {
        row: 1,
        tokens: ['bad', 'day'],
        tags: ['B-X', 'O'],
        predictions: ['O', 'B-X'],
        probabilities: [likely, likely],
      },
    ]);
  });
});

interface Recorded {
  readonly name: string;
  readonly reference: readonly (readonly string[])[];
  readonly predicted: readonly (readonly string[])[];
  readonly f1: number;
}

describe('entity F1', () => {
  const { cases }: { cases: readonly Recorded[] } = JSON.parse(
    readFileSync(path.join(import.meta.dirname, 'entities', 'seqeval-scores.json'), 'utf8'),
  );

  it.each(cases)('is seqeval’s: $name', ({ reference, predicted, f1 }) => {
    const sentences = reference.map((tags, index) => ({ reference: tags, predicted: predicted[index] ?? [] }));
    expect(scoreSet(tagScores.set({ sentences }))[entityF1.name]).toBeCloseTo(f1, 12);
  });
});

// Float32 sums against float64's.
const tolerance = 1e-5;

it('the loss that trains is the mean over all words of a batch, padding left aside, and that which is evaluated', async () => {
  const shape: TaskShape = { kind: 'token-classification', label_names: ['O', 'B-X', 'I-X'] };
  const { objective, scores } = taskOf(shape);
  const rows = [
    { tokens: ['good', 'film', 'was'], tags: [1, 2, 0] },
    { tokens: ['bad', 'day', 'is', 'a', 'very', 'dark', 'film'], tags: [1, 0, 0, 0, 0, 2, 1] },
  ];
  const encoded = await encode(rows, { shape, ...openTokenizer(folder), maxLength: 12 });
  const adapter = { adapter: 'lora', rank: 2, alpha: 4, targets: ['query'] } as const;
  const engine = await openAdapterEngine({ modelFolder: folder, task: shape, adapter, threads: 1 });
  const whole = { rows: Uint32Array.of(0, 1), length: 11 };
  const batch = tokenBatch(encoded.inputs, whole, 0);
  const labels = batchLabels(encoded.inputs, whole, objective.loss(shape).labels);
  const { parameters } = engine.initialState(1);
  const { loss } = await engine.gradient(parameters, batch, labels, null);
  const logits = await engine.logits(parameters, batch, null, 1);
  const own = encoded.inputs.map(({ ids }, row) => logits.slice(row * 33, row * 33 + ids.length * 3));
  await engine.close();
  const [first = new Float32Array(), second = new Float32Array()] = own;
  const outputs = { values: Float32Array.of(...first, ...second), offsets: Uint32Array.of(0, 15, 42) };
  expect(Math.abs(scores.memberLoss(outputs, { ...encoded, shape }) - loss)).toBeLessThan(tolerance);
  const uniform = equalRows(new Float32Array(42), 2);
  expect(objective.knownBound(shape)).toBeCloseTo(
    scores.memberLoss({ ...outputs, values: uniform.values }, { ...encoded, shape }),
    12,
  );
});
