import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-tags-'));
  writeTinyModel(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

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

  it.each([
    ['conll', 'Ann B-PER\nleft\n', /train.conll:2[^]*got: left/],
    ['conll', '-DOCSTART- O\n\n', /a data file is empty\n[^]*train.conll[^]*to do: add rows/],
    ['conll', 'Ann O\n', /fewer than two tags/],
    ['jsonl', '{"tokens":["a"],"tags":["O","B-X"]}\n', /1 words, 2 tags/],
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
