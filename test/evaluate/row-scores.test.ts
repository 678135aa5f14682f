import { describe, expect, it } from 'vitest';
import { evaluateOutputs } from '../../src/evaluate/evaluate-outputs.ts';
import { rowScores } from '../../src/evaluate/row-scores.ts';
import { stream } from '../../src/random/stream.ts';
import { everyRow } from '../../src/stats/repeats.ts';
import { equalRows } from '../../src/sweep/output-rows.ts';
import { taskOf } from '../../src/tasks/tasks.ts';

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
const found = rowScores(scores, 'logits', members, rows);
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
  const scored = rowScores(likelihoods, 'probabilities', [outputs], evaluated);

  it('has rows by their tokens: all of them together are the evaluation’s loss, and any of them the ratio of their sums', () => {
    const mean = scored.value('loss', everyRow(3));
    expect(mean).toBeCloseTo((0.1 + 2 * 0.5 + 9 * 2) / 12, 6);
    expect(Math.exp(mean ?? 0)).toBeCloseTo(scored.value('perplexity', everyRow(3)) ?? 0, 6);
    expect(scored.value('loss', Uint32Array.of(0, 0, 2))).toBeCloseTo((0.1 + 0.1 + 9 * 2) / 11, 6);
    expect([...(scored.perRow('loss') ?? [])].map((value) => Number(value.toFixed(4)))).toEqual([0.1, 0.5, 2]);
  });
});
