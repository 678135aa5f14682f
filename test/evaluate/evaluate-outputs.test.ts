import { expect, test } from 'vitest';
import { aggregateMembers } from '../../src/evaluate/aggregate-members.ts';
import { evaluateOutputs, type MemberOutputs } from '../../src/evaluate/evaluate-outputs.ts';
import { softmax } from '../../src/evaluate/softmax.ts';
import { assertTheorem45 } from '../../src/evaluate/theorem-45.ts';
import { stream } from '../../src/random/stream.ts';
import type { EvaluationMetrics } from '../../src/sweep/evaluation-metrics.ts';

const classes = 3;
const rows = 57;
const task = { kind: 'classification', label_names: ['a', 'b', 'c'] } as const;
const labels = [...stream(1, 'labels').integers(rows, classes)];
const members = Array.from({ length: 5 }, (_, m) => Float32Array.from(stream(1, 'logits', m).normals(rows * classes)));

function metricsOf(evaluated: MemberOutputs, aggregate: 'logits' | 'probabilities' = 'logits'): EvaluationMetrics {
  return evaluateOutputs({ task, aggregate, evaluated, train: evaluated, expectedKeptEntries: 1 }).metrics;
}

test('the mean of logits is taken in float64, in member order', () => {
  const mean = aggregateMembers(members, classes, 'logits');
  for (const at of [0, 7, rows * classes - 1]) {
    let sum = 0;
    for (const member of members) sum += member[at] ?? 0;
    expect(mean[at]).toBe(sum / 5);
  }
});

test('averaged probabilities are those of softmax per member and sum to one', () => {
  const mean = aggregateMembers(members, classes, 'probabilities');
  expect((mean[0] ?? 0) + (mean[1] ?? 0) + (mean[2] ?? 0)).toBeCloseTo(1, 12);
  const first = members.reduce((sum, member) => sum + (softmax(member, classes)[4] ?? 0), 0) / 5;
  expect(mean[4]).toBeCloseTo(first, 14);
});

test('the ensemble loses at most what its members lose on average, whichever outputs are averaged', () => {
  for (const aggregate of ['logits', 'probabilities'] as const) {
    const metrics = metricsOf({ members, labels }, aggregate);
    expect(metrics.loss).toBeLessThan(metrics.mean_member_loss);
    expect(metrics.inference_passes).toBe(5);
  }
});

test('equal members meet the inequality with equality', () => {
  const one = members[0] ?? new Float32Array();
  const metrics = metricsOf({ members: [one, one, one], labels });
  expect(metrics.loss).toBeCloseTo(metrics.mean_member_loss, 12);
});

test('an ensemble worse than its members is reported as a defect', () => {
  expect(() => assertTheorem45(1.001, 1)).toThrow(/Theorem 4\.5/);
  expect(() => assertTheorem45(Number.NaN, 1)).toThrow(/Theorem 4\.5/);
  expect(() => assertTheorem45(1 + 1e-12, 1)).not.toThrow();
});

test('a model that predicts one class for a set of several is flagged as collapsed', () => {
  const constant = Float32Array.from({ length: rows * classes }, (_, i) => (i % classes === 2 ? 1 : 0));
  expect(metricsOf({ members: [constant], labels }).collapsed).toBe(true);
  expect(metricsOf({ members: [constant], labels: labels.map(() => 2) }).collapsed).toBe(false);
  expect(metricsOf({ members, labels }).collapsed).toBe(false);
});

test('gaps are train minus dev', () => {
  const evaluated = { members, labels };
  const right = Float32Array.from({ length: rows * classes }, (_, i) =>
    i % classes === labels[Math.floor(i / classes)] ? 9 : 0,
  );
  const { metrics } = evaluateOutputs({
    task,
    aggregate: 'logits',
    evaluated,
    train: { members: [right], labels },
    expectedKeptEntries: 12,
  });
  expect(metrics.train_accuracy).toBe(1);
  expect(metrics.accuracy_gap).toBe(1 - (metrics.accuracy ?? 0));
  expect(metrics.loss_gap).toBe((metrics.train_loss ?? 0) - metrics.loss);
  expect(metrics.loss_gap).toBeLessThan(0);
  expect(metrics.expected_kept_entries).toBe(12);
});
