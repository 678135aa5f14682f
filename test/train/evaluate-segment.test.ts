import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evaluateOutputs } from '../../src/evaluate/evaluate-outputs.ts';
import type { CheckpointReference, PendingEvaluation, SegmentOutcome } from '../../src/sweep/segment.ts';
import type { TrainingSpecification } from '../../src/sweep/vocabulary.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import { expectOutcome, RecordingReporter, SegmentBench, tinyConfiguration } from '../support/segment-run.ts';
import { evaluatedNumber } from '../../src/metrics/values/evaluation-metrics.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { evaluatedRows } from '../support/evaluated.ts';
import { tinyRows } from '../support/tiny-model.ts';

const runner = makeOnnxRunner();
let bench: SegmentBench;
let specification: TrainingSpecification;
let checkpoint: CheckpointReference;
beforeAll(async () => {
  bench = new SegmentBench();
  specification = bench.specification({ epochs: 4, dropout_rate: 0.4 });
  const segment = bench.trainSegment(specification);
  ({ checkpoint } = expectOutcome(await runner.run(bench.command(segment), new RecordingReporter()), 'trained'));
});
afterAll(() => rmSync(bench.folder, { recursive: true }));

type Evaluated = Extract<SegmentOutcome, { kind: 'evaluated' }>;

async function evaluate(...evaluations: readonly PendingEvaluation[]): Promise<Evaluated> {
  const segment = bench.evaluateSegment(specification, checkpoint, evaluations);
  return expectOutcome(await runner.run(bench.command(segment), new RecordingReporter()), 'evaluated');
}

const ensemble = (size: number, changes = {}): PendingEvaluation =>
  bench.pending(`m${size}`, { ensemble_size: size, dropout_rate: 0.4, ...changes });

test('members are nested: M = 4 begins with the members of M = 2, run together or apart', async () => {
  const together = await evaluate(ensemble(1), ensemble(2), ensemble(4));
  const apart = await evaluate(ensemble(2));
  const of = (outcome: Evaluated, id: string): readonly Float32Array[] =>
    outcome.members.filter((one) => one.evaluationId === id).map((one) => one.outputs.values);
  expect(of(together, 'm4')).toHaveLength(4);
  expect(of(together, 'm4').slice(0, 2)).toEqual(of(apart, 'm2'));
  expect(together.results[1]).toEqual(apart.results[0]);
  expect(of(together, 'm4')[0]).not.toEqual(of(together, 'm4')[1]);
});

test('stored members are not run again, and the result is the same', async () => {
  const fresh = await evaluate(ensemble(4));
  const storedMembers = fresh.members.filter((one) => one.member < 2);
  const extended = await evaluate({ ...ensemble(4), storedMembers });
  expect(extended.members.map((one) => one.member)).toEqual([2, 3]);
  expect(extended.results).toEqual(fresh.results);
});

test('stored members of one size serve the others of the same masks', async () => {
  const fresh = await evaluate(ensemble(2));
  const reused = await evaluate({ ...ensemble(1), storedMembers: fresh.members.slice(0, 1) }, ensemble(2));
  expect(reused.members.map((one) => [one.evaluationId, one.member])).toEqual([['m2', 1]]);
  expect(reused.results[1]).toEqual(fresh.results[0]);
});

test('expected, raw and masked outputs differ, and expected at p = 0 is raw', async () => {
  const modes = await evaluate(
    bench.pending('expected', { mode: 'expected', dropout_rate: 0.4 }),
    bench.pending('raw', { mode: 'raw', dropout_rate: 0.4 }),
    bench.pending('unmasked', { mode: 'expected', dropout_rate: 0 }),
    ensemble(1),
  );
  const hashes = modes.results.map((result) => result.predictionsSha256);
  expect(hashes[2]).toBe(hashes[1]);
  expect(new Set(hashes).size).toBe(3);
});

test('metrics are those of the members and the labels in row order, with the kept entries of training', async () => {
  const outcome = await evaluate(ensemble(4), ensemble(4, { aggregate: 'probabilities' }));
  const members = outcome.members
    .filter((one, i) => one.evaluationId === 'm4' && i < 4)
    .map((one) => one.outputs.values);
  const { task } = specification;
  const labels = bench.devRows.map((row) => Number(row['label']));
  const evaluated = evaluatedRows(task, members, labels);
  const { scores } = taskOf(task);
  const expected = evaluateOutputs({
    scores,
    aggregate: 'logits',
    evaluated,
    train: evaluated,
    expectedKeptEntries: 0,
  });
  const { metrics } = outcome.results[0] ?? {};
  expect(metrics?.loss).toBe(expected.metrics.loss);
  expect(metrics?.accuracy).toBe(expected.metrics.accuracy);
  expect(metrics?.rows).toBe(50);
  expect(metrics?.inference_passes).toBe(4);
  expect(metrics?.loss).toBeLessThanOrEqual(Number(metrics?.mean_member_loss));
  // Two layers of four 24×24 linears, one 24→40 and one 40→24.
  expect(metrics?.expected_kept_entries).toBeCloseTo(0.6 ** 2 * 2 * (4 * 24 * 24 + 2 * 24 * 40), 6);
  const number = (name: string): number => evaluatedNumber(metrics ?? null, name) ?? Number.NaN;
  expect(metrics?.accuracy_gap).toBe(number('train_accuracy') - number('accuracy'));
  expect(outcome.results[1]?.predictionsSha256).not.toBe(outcome.results[0]?.predictionsSha256);
});

test('an evaluation that is asked for its slot gives it back', async () => {
  const segment = bench.evaluateSegment(specification, checkpoint, [ensemble(4)]);
  expect(await runner.run(bench.command(segment), new RecordingReporter(0))).toEqual({ kind: 'released' });
});

test('another mask seed draws other members', async () => {
  const { results } = await evaluate(ensemble(2), ensemble(2, { mask_seed: 1 }));
  expect(results[0]?.predictionsSha256).not.toBe(results[1]?.predictionsSha256);
  expect(tinyConfiguration.dropout_rate).not.toBe(0.4);
});

test('rows of a further set are scored by the same members, without train rows', async () => {
  const set = bench.freeze(tinyRows(5, 20));
  const further = { ...ensemble(2, { gap: false }), evaluationId: 'shift', dataset: set };
  const both = await evaluate(ensemble(2), further);
  const [dev, shift] = both.results;
  expect(shift?.metrics).toMatchObject({ rows: 20, inference_passes: 2 });
  expect(Object.keys(shift?.metrics ?? {}).filter((name) => /^train_|_gap$/.test(name))).toEqual([]);
  expect(Object.keys(dev?.metrics ?? {})).toContain('accuracy_gap');
  expect((await evaluate(further)).results).toEqual([shift]);
  // The dev rows as a further set are what they are as dev rows.
  const again = { ...ensemble(2, { gap: false }), evaluationId: 'again' };
  expect((await evaluate(again)).results[0]?.predictionsSha256).toBe(dev?.predictionsSha256);
});

test('a further set may be cut to a length of its own, which is no other length’s members', async () => {
  const short = { ...ensemble(2, { gap: false, max_length: 5 }), evaluationId: 'short' };
  const { results, members } = await evaluate(ensemble(2), short);
  expect(results[1]?.predictionsSha256).not.toBe(results[0]?.predictionsSha256);
  expect(members.map((one) => [one.evaluationId, one.member])).toEqual(
    ['m2', 'short'].flatMap((id) => [0, 1].map((member) => [id, member])),
  );
});

test('the gap is measured on as many train rows as were asked for, 128 at most unless told; nothing else depends on it', async () => {
  const { results } = await evaluate(ensemble(2), bench.pending('few', { ...ensemble(2).configuration, gap_rows: 20 }));
  const [usual, few] = results;
  expect([usual?.metrics['gap_rows'], few?.metrics['gap_rows']]).toEqual([80, 20]);
  expect(few?.predictionsSha256).toBe(usual?.predictionsSha256);
  expect(few?.metrics.loss).toBe(usual?.metrics.loss);
  expect(few?.metrics['train_loss']).not.toBe(usual?.metrics['train_loss']);
});

test('ensembles of one training share their passes: the largest decides how many there are', async () => {
  const asked: number[] = [];
  class CountingReporter extends RecordingReporter {
    override progress(step: number, of = 0): void {
      super.progress(step);
      asked.push(of);
    }
  }
  const sizes = [1, 2, 4, 8].flatMap((size) => [ensemble(size), ensemble(size, { aggregate: 'probabilities' })]);
  const segment = bench.evaluateSegment(specification, checkpoint, sizes);
  const outcome = await runner.run(bench.command(segment), new CountingReporter());
  expect(expectOutcome(outcome, 'evaluated').results).toHaveLength(8);
  // Eight members over the dev rows and the train rows of the gap.
  expect(new Set(asked)).toEqual(new Set([8 * (50 + 80)]));
});

test('a metric on groups of the rows is told where it is asked for, and changes nothing else', async () => {
  const plain = await evaluate(ensemble(2));
  const asked = await evaluate({ ...ensemble(2), groupsOf: 'accuracy' });
  const { rowGroups = [], ...rest } = asked.results[0] ?? { rowGroups: [] };
  expect(rest).toEqual(plain.results[0]);
  expect(rowGroups).toHaveLength(Math.floor(bench.dev.rows / 2));
  const mean = rowGroups.reduce((sum, value) => sum + value, 0) / rowGroups.length;
  expect(mean).toBeCloseTo(Number(asked.results[0]?.metrics['accuracy']), 10);
});
