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
