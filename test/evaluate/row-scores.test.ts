import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import { evaluateOutputs } from '../../src/evaluate/evaluate-outputs.ts';
import { meanOfRows, rowScores } from '../../src/evaluate/row-scores.ts';
import { metrics } from '../../src/metrics/metrics.ts';
import { stream } from '../../src/random/stream.ts';
import { everyRow } from '../../src/stats/repeats.ts';
import { equalRows } from '../../src/sweep/output-rows.ts';
import type { Judging } from '../../src/tasks/task.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { outputOffsets } from '../../src/train/segments/forward-rows.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { tinyTasks } from '../support/tiny-tasks.ts';

const shape = { kind: 'text-classification', label_names: ['a', 'b', 'c'] };
const { scores } = taskOf(shape);
const count = 40;
const labels = stream(1, 'test.labels').integers(count, 3);
const rows = {
  shape,
  rows: Array.from({ length: count }, (_, row) => ({ text: 'x', label: labels[row] ?? 0 })),
  inputs: Array.from({ length: count }, (_, row) => ({
    ids: Int32Array.of(1),
    typeIds: Uint8Array.of(0),
    labels: [labels[row] ?? 0],
    row,
  })),
};
const members = [1, 2].map((member) =>
  equalRows(Float32Array.from(stream(member, 'test.logits').normals(3 * count)), count),
);
const found = rowScores(scores, 'logits', members, rows, 'rows');
const whole = evaluateOutputs({
  scores,
  aggregate: 'logits',
  evaluated: { members, rows },
  train: { members, rows },
  expectedKeptEntries: 1,
}).metrics;

describe('the scores of rows', () => {
  it.each(['accuracy', 'loss', 'brier', 'f1', 'macro_f1', 'matthews', 'ece'])(
    'over all of them give %s as the evaluation has it',
    (metric) => {
      const expected = whole[metric];
      const value = found.value(metric, everyRow(count));
      if (typeof expected !== 'number') expect(value).toBeNull();
      else expect(value).toBeCloseTo(expected, 12);
    },
  );

  it('over some of them, one several times, are those of a set that holds these rows', () => {
    const chosen = Uint32Array.of(3, 3, 7, 11, 0);
    const accuracy = found.perRow('accuracy');
    const expected = Array.from(chosen, (row) => accuracy?.[row] ?? Number.NaN).reduce((a, b) => a + b, 0) / 5;
    expect(found.value('accuracy', chosen)).toBeCloseTo(expected, 12);
    expect(found.perRow('ece')).toBeNull();
    expect(found.value('ece', chosen)).not.toBe(found.value('ece', everyRow(count)));
    expect(found.value('pearson', chosen)).toBeNull();
  });
});

describe('a loss that is a mean over tokens', () => {
  const language = { kind: 'language-modelling', label_names: [] };
  const { scores: likelihoods } = taskOf(language);
  const tokens = [1, 2, 9];
  const inputs = tokens.map((said, row) => ({
    ids: new Int32Array(said + 1),
    typeIds: new Uint8Array(said + 1),
    labels: [-100, ...Array.from({ length: said }, () => 1)],
    row,
  }));
  const evaluated = { shape: language, rows: tokens.map(() => ({})), inputs };
  const each = [-0.1, -0.5, -2];
  const outputs = {
    values: Float32Array.from(tokens.flatMap((said, row) => Array.from({ length: said + 1 }, () => each[row] ?? 0))),
    offsets: Uint32Array.of(0, 2, 5, 15),
  };
  const scored = rowScores(likelihoods, 'probabilities', [outputs], evaluated, 'rows');

  it('has rows by their tokens: all of them together are the evaluation’s loss, and any of them the ratio of their sums', () => {
    const mean = scored.value('loss', everyRow(3));
    expect(mean).toBeCloseTo((0.1 + 2 * 0.5 + 9 * 2) / 12, 6);
    expect(Math.exp(mean ?? 0)).toBeCloseTo(scored.value('perplexity', everyRow(3)) ?? 0, 6);
    expect(scored.value('loss', Uint32Array.of(0, 0, 2))).toBeCloseTo((0.1 + 0.1 + 9 * 2) / 11, 6);
    expect([...(scored.perRow('loss') ?? [])].map((value) => Number(value.toFixed(4)))).toEqual([0.1, 0.5, 2]);
  });
});

/**
 * Intervals, paired tests, optimism, effects of axes and races are all made of each row's value: these have to be the
 * evaluation's own, whatever of it was fitted to all rows.
 */
describe('each row’s value of a metric, the mean over all of them, is the evaluation’s own, of', () => {
  const judgings: Readonly<Record<string, readonly Judging[]>> = {
    'question-answering': [{ null_threshold: 'fitted' }, { null_threshold: -1.5 }],
  };
  const cases = Object.entries(tinyTasks).flatMap(([kind, task]) =>
    (judgings[kind] ?? [undefined]).flatMap((judging) =>
      (task.aggregates ?? (['logits', 'probabilities'] as const)).map((aggregate) => ({
        kind,
        task,
        judging,
        aggregate,
      })),
    ),
  );
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dropsweep-row-scores-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(cases)(
    '$kind by $aggregate, judged by $judging',
    async ({ kind, task: { shape: kindOf, ...task }, judging, aggregate }) => {
      (task.model?.write ?? writeTinyModel)(folder);
      const kindTask = taskOf(kindOf);
      const maxLength = task.model?.configuration.max_length ?? 16;
      const encoded = await kindTask.encode(task.rows(2, 40), { shape: kindOf, ...openTokenizer(folder), maxLength });
      const evaluated = { ...encoded, shape: kindOf, ...(judging === undefined ? {} : { judging }) };
      const offsets = outputOffsets(evaluated);
      const outputs = [1, 2].map((member) => {
        const drawn = Float32Array.from(stream(member, 'test.outputs', kind).normals(offsets.at(-1) ?? 0));
        // What a language model gives are logarithms of probabilities.
        return { values: kind === 'language-modelling' ? drawn.map((value) => -Math.abs(value)) : drawn, offsets };
      });
      const stored = rowScores(kindTask.scores, aggregate, outputs, evaluated, 'rows');
      const named = metrics.filter(({ name, over }) => over === 'rows' && stored.whole(name) !== null);
      expect(named.length).toBeGreaterThan(0);
      for (const { name } of named) {
        const values = stored.perRow(name);
        expect(values).not.toBeNull();
        const mean = meanOfRows(values ?? new Float64Array(), stored.weights(name), everyRow(stored.rows));
        expect(mean, name).toBeCloseTo(stored.whole(name) ?? Number.NaN, 9);
        expect(stored.value(name, everyRow(stored.rows)), name).toBeCloseTo(stored.whole(name) ?? Number.NaN, 9);
      }
    },
  );

  it('of which a replicate is judged as it was among all rows: another threshold is not fitted to it', () => {
    const context = 'good film';
    const answered = (row: number, answers: readonly { readonly text: string; readonly start: number }[]) => ({
      id: `q${row}`,
      question: 'x',
      context,
      answers,
    });
    const window = (row: number) => ({
      ids: Int32Array.of(2, 5, 3, 5, 15, 3),
      typeIds: new Uint8Array(6),
      labels: [0, 0],
      row,
      spans: Int32Array.of(-1, -1, -1, -1, -1, -1, 0, 4, 5, 9, -1, -1),
    });
    // Of each row: whether it has an answer, and its null margin. No threshold is right for all four.
    const asked = [
      [true, 2],
      [false, 1],
      [true, -1],
      [false, 3],
    ] as const;
    const evaluated = {
      shape: { kind: 'question-answering', label_names: [], settings: { unanswerable: true } },
      judging: { null_threshold: 'fitted' },
      rows: asked.map(([has], row) => answered(row, has ? [{ text: 'good', start: 0 }] : [])),
      inputs: asked.map((_, row) => window(row)),
    };
    const values = asked.flatMap(([, margin]) => [margin / 2, margin / 2, 0, 0, 0, 0, 0, 0, -9, -9, 0, 0]);
    const offsets = Uint32Array.from([0, 12, 24, 36, 48]);
    const stored = rowScores(
      taskOf(evaluated.shape).scores,
      'logits',
      [{ values: Float32Array.from(values), offsets }],
      evaluated,
      'rows',
    );
    expect(stored.whole('exact_match')).toBe(0.75);
    expect([...(stored.perRow('exact_match') ?? [])]).toEqual([0, 1, 1, 1]);
    const drawn = [0, 1, 2, 3].map((row) => stored.value('exact_match', Uint32Array.of(row)));
    expect(drawn).toEqual([0, 1, 1, 1]);
  });
});
