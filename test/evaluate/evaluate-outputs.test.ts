import { expect, test } from 'vitest';
import { sha256 } from '../../src/base/sha256.ts';
import { averageMembers, evaluateOutputs, type MemberOutputs } from '../../src/evaluate/evaluate-outputs.ts';
import { softmax } from '../../src/evaluate/softmax.ts';
import { assertTheorem45 } from '../../src/evaluate/theorem-45.ts';
import { stream } from '../../src/random/stream.ts';
import { evaluatedNumber, type EvaluationMetrics } from '../../src/metrics/values/evaluation-metrics.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { averagedClasses, classShape, evaluatedRows, regressionShape } from '../support/evaluated.ts';

const classes = 3;
const rows = 57;
const shape = classShape(['a', 'b', 'c']);
const { scores } = taskOf(shape);
const labels = [...stream(1, 'labels').integers(rows, classes)];
const members = Array.from({ length: 5 }, (_, m) => Float32Array.from(stream(1, 'logits', m).normals(rows * classes)));

function metricsOf(evaluated: MemberOutputs, aggregate: 'logits' | 'probabilities' = 'logits'): EvaluationMetrics {
  return evaluateOutputs({ scores, aggregate, evaluated, train: evaluated, expectedKeptEntries: 1 }).metrics;
}

test('the mean of logits is taken in float64, in member order', () => {
  const mean = averagedClasses(members, classes);
  for (const at of [0, 7, rows * classes - 1]) {
    let sum = 0;
    for (const member of members) sum += member[at] ?? 0;
    expect(mean[at]).toBe(sum / 5);
  }
});

test('averaged probabilities are those of softmax per member and sum to one', () => {
  const mean = averagedClasses(members, classes, 'probabilities');
  expect((mean[0] ?? 0) + (mean[1] ?? 0) + (mean[2] ?? 0)).toBeCloseTo(1, 12);
  const first = members.reduce((sum, member) => sum + (softmax(member, classes)[4] ?? 0), 0) / 5;
  expect(mean[4]).toBeCloseTo(first, 14);
});

test('the ensemble loses at most what its members lose on average, whichever outputs are averaged', () => {
  for (const aggregate of ['logits', 'probabilities'] as const) {
    const metrics = metricsOf(evaluatedRows(shape, members, labels), aggregate);
    expect(metrics.loss).toBeLessThan(metrics.mean_member_loss);
    expect(metrics.inference_passes).toBe(5);
  }
});

test('equal members meet the inequality with equality', () => {
  const one = members[0] ?? new Float32Array();
  const metrics = metricsOf(evaluatedRows(shape, [one, one, one], labels));
  expect(metrics.loss).toBeCloseTo(metrics.mean_member_loss, 12);
});

test('an ensemble worse than its members is reported as a defect', () => {
  expect(() => assertTheorem45(1.001, 1)).toThrow(/Theorem 4\.5/);
  expect(() => assertTheorem45(Number.NaN, 1)).toThrow(/Theorem 4\.5/);
  expect(() => assertTheorem45(1 + 1e-12, 1)).not.toThrow();
});

test('a model that predicts one class for a set of several is flagged as collapsed', () => {
  const constant = Float32Array.from({ length: rows * classes }, (_, i) => (i % classes === 2 ? 1 : 0));
  expect(metricsOf(evaluatedRows(shape, [constant], labels)).collapsed).toBe(true);
  expect(
    metricsOf(
      evaluatedRows(
        shape,
        [constant],
        labels.map(() => 2),
      ),
    ).collapsed,
  ).toBe(false);
  expect(metricsOf(evaluatedRows(shape, members, labels)).collapsed).toBe(false);
});

test('gaps are train minus dev', () => {
  const evaluated = evaluatedRows(shape, members, labels);
  const right = Float32Array.from({ length: rows * classes }, (_, i) =>
    i % classes === labels[Math.floor(i / classes)] ? 9 : 0,
  );
  const { metrics } = evaluateOutputs({
    scores,
    aggregate: 'logits',
    evaluated,
    train: evaluatedRows(shape, [right], labels),
    expectedKeptEntries: 12,
  });
  const number = (name: string): number => evaluatedNumber(metrics, name) ?? Number.NaN;
  expect(metrics.train_accuracy).toBe(1);
  expect(metrics.accuracy_gap).toBe(1 - number('accuracy'));
  expect(metrics.loss_gap).toBe(number('train_loss') - metrics.loss);
  expect(metrics.loss_gap).toBeLessThan(0);
  expect(metrics.expected_kept_entries).toBe(12);
});

// Made by the version that knew classes alone; the labels of a regression are drawn otherwise.
test.each([
  ['classes', 'logits', '37392bdf99094a1b0e3c494597f5d18284e46bf8dd25215a038b88c03f10cbc2', 1.1850133708721071],
  ['classes', 'probabilities', '1ed5c6cbdfe3e012660e376fe9cac9ef361aae5f2591d5c86375e09289ffd7de', 1.1552634145627423],
  ['targets', 'logits', '6cf807dde31ef92c477ba4fb82220de04c87c1412f8aa8e04215ada4a0cc744e', 20.26334967616767],
  ['targets', 'probabilities', '6cf807dde31ef92c477ba4fb82220de04c87c1412f8aa8e04215ada4a0cc744e', 20.26334967616767],
] as const)('the averages of %s, %s averaged, have the bits that they always had', (of, aggregate, hash, loss) => {
  const outputs = of === 'classes' ? classes : 1;
  const targets = of === 'classes' ? labels : [...stream(1, 'labels').integers(rows, 9)];
  const drawn = members.map((_, m) => Float32Array.from(stream(1, 'logits', m).normals(rows * outputs)));
  const evaluated = evaluatedRows(of === 'classes' ? shape : regressionShape, drawn, targets);
  const own = taskOf(evaluated.rows.shape).scores;
  const result = evaluateOutputs({ scores: own, aggregate, evaluated, train: evaluated, expectedKeptEntries: 1 });
  expect(sha256(new Uint8Array(result.aggregated.buffer))).toBe(hash);
  expect(result.metrics.loss).toBe(loss);
});

test('members of other rows are no members of one ensemble', () => {
  const outputs = { values: new Float32Array(4), offsets: Uint32Array.of(0, 1, 4) };
  expect(averageMembers([outputs, outputs]).offsets).toEqual(outputs.offsets);
  expect(() => averageMembers([outputs, { ...outputs, offsets: Uint32Array.of(0, 2, 4) }])).toThrow(/same 2 rows/);
});
