import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import { batchLabels, tokenBatch } from '../../src/data/batches/token-batch.ts';
import { scoreSet } from '../../src/metrics/score-set.ts';
import { rowOffsets } from '../../src/sweep/output-rows.ts';
import type { FrozenRow, TaskShape } from '../../src/sweep/vocabulary.ts';
import { choiceProbabilities } from '../../src/tasks/multiple-choice/scores.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { openEngineWithHead } from '../../src/train/engine/open-adapter-engine.ts';
import { nextTokenObjective } from '../support/objectives.ts';
import { letterIds, questionWords, writeTinyDecoder } from '../support/tiny-decoder.ts';

const task = taskOf({ kind: 'multiple-choice' });
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-questions-'));
  writeTinyDecoder(folder, { more: questionWords });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The head's numbers are the language model's own: those of the letters among all words, at the last token of each row. */
describe('what letters score', () => {
  it('is what the whole vocabulary’s scores have for them, whatever is padded behind', async () => {
    const rows: readonly FrozenRow[] = [
      { question: 'which film', choices: ['good', 'bad'], answer: 1 },
      { question: 'which very very bad book', choices: ['good', 'bad', 'dark', 'bright'], answer: 0 },
    ];
    const shape: TaskShape = {
      kind: 'multiple-choice',
      label_names: ['A', 'B', 'C', 'D'],
      settings: { shots: 0, letter_tokens: letterIds },
    };
    const { inputs } = await task.encode(rows, { shape, ...openTokenizer(folder), maxLength: 200 });
    const adapter = { adapter: 'lora', rank: 2, alpha: 4, targets: ['all-linear'] } as const;
    const open = (objective: Parameters<typeof openEngineWithHead>[1]) =>
      openEngineWithHead({ modelFolder: folder, adapter, threads: 1 }, objective);
    const { objective } = task;
    const letters = await open({ head: objective.head(shape), loss: objective.loss(shape) });
    const words = await open(nextTokenObjective);
    const length = Math.max(...inputs.map(({ ids }) => ids.length));
    const both = { rows: Uint32Array.of(0, 1), length };
    const batch = tokenBatch(inputs, both, 0);
    const { parameters } = letters.initialState(3);
    const [few, all] = [
      await letters.logits(parameters, batch, null, 1),
      await words.logits(parameters, batch, null, 1),
    ];
    const vocabulary = all.length / (2 * length);
    for (const [row, { ids }] of inputs.entries()) {
      const start = (row * length + ids.length - 1) * vocabulary;
      const expected = letterIds.map((id) => all[start + id] ?? Number.NaN);
      for (const [choice, score] of expected.entries()) expect(few[row * 4 + choice]).toBeCloseTo(score, 5);
    }
    // The loss is that of the right choice among the row's own.
    const { loss } = await letters.gradient(
      parameters,
      batch,
      batchLabels(inputs, both, objective.loss(shape).labels),
      null,
    );
    const losses = inputs.map(({ labels: [right = 0, count = 0] }, row) => {
      const own = Array.from(few.subarray(row * 4, row * 4 + count), Number);
      return Math.log(own.reduce((sum, score) => sum + Math.exp(score), 0)) - (own[right] ?? Number.NaN);
    });
    expect(loss).toBeCloseTo(((losses[0] ?? 0) + (losses[1] ?? 0)) / 2, 5);
    await letters.close();
    await words.close();
  });
});

describe('the scores of questions', () => {
  const shape: TaskShape = { kind: 'multiple-choice', label_names: ['A', 'B', 'C', 'D'], settings: { shots: 0 } };
  const subjects = ['anatomy', 'anatomy', 'astronomy', 'sociology', null];
  const rows = subjects.map((subject, at) => ({
    question: `q${at}`,
    choices: ['a', 'b', ...(at === 2 ? [] : ['c', 'd'])],
    answer: 1,
    ...(subject === null ? {} : { subject }),
  }));
  const inputs = rows.map(({ choices }, row) => ({
    ids: Int32Array.of(),
    typeIds: Uint8Array.of(),
    labels: [1, choices.length],
    row,
    outputs: choices.length,
  }));
  const evaluated = { shape, rows, inputs };
  const offsets = rowOffsets(rows.map(({ choices }) => choices.length));
  // The first three are answered right, the others not.
  const values = Float32Array.from(
    rows.flatMap(({ choices }, at) => choices.map((_, i) => (i === (at < 3 ? 1 : 0) ? 2 : 0))),
  );
  const outputs = { values, offsets };
  const mean = { values: Float64Array.from(values), offsets };

  it('are shares of subjects, of groups, of all, and calibration over the letters of each question', () => {
    const found = scoreSet(task.scores.score(mean, evaluated, 'logits'));
    expect(found).toMatchObject({
      accuracy: 3 / 5,
      macro_accuracy: (1 + 1 + 0) / 3,
      stem_accuracy: 1,
      other_subjects_accuracy: 1,
      social_sciences_accuracy: 0,
      humanities_accuracy: null,
      accuracy_per_subject: { anatomy: 1, astronomy: 1, sociology: 0 },
    });
    const sure = Math.exp(2) / (Math.exp(2) + 3);
    const surer = Math.exp(2) / (Math.exp(2) + 1);
    // Four questions of four choices, two of them right, lie in one bin; the one of two choices in another.
    expect(found['ece']).toBeCloseTo((4 / 5) * Math.abs(2 / 4 - sure) + (1 / 5) * (1 - surer), 12);
  });

  it('lose as the right letter among the question’s own, by averaged scores and averaged probabilities', () => {
    const losses = choiceProbabilities(mean, 'logits').map((probabilities) => -Math.log(probabilities[1] ?? 0));
    const expected = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    expect(task.scores.memberLoss(outputs, evaluated)).toBeCloseTo(expected, 12);
    expect(task.scores.loss(mean, evaluated, 'logits')).toBeCloseTo(expected, 12);
    const averaged = task.scores.averaged(outputs, 'probabilities', shape);
    const asMean = { values: Float64Array.from(averaged.values), offsets };
    expect(task.scores.loss(asMean, evaluated, 'probabilities')).toBeCloseTo(expected, 12);
  });

  it('leave the product as letters with their probabilities, none beyond the question’s own', () => {
    const [first, , third] = task.predictions.of(mean, evaluated, 'logits');
    expect(first).toMatchObject({ row: 0, subject: 'anatomy', label: 'B', prediction: 'B' });
    expect(third).toMatchObject({ prediction: 'B', probability_C: null, probability_D: null });
  });
});
