import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CheckpointReference } from '../../src/sweep/segment.ts';
import type { TrainingConfiguration } from '../../src/sweep/vocabulary.ts';
import { readCheckpointState } from '../../src/train/checkpoints/checkpoint.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import { expectOutcome, RecordingReporter, SegmentBench } from '../support/segment-run.ts';
import { live, vectorHashes } from '../support/trainer-life.ts';

/*
 * The tiny model with a head of large weights and batches of two rows: its gradients overflow float16 at the scale that
 * a training begins with, and once more at step 5, at half of it. Cut short between the two, by release and by SIGKILL,
 * and gone on with by another process, the training meets the second overflow again and ends in the same bytes.
 */

const changes: Partial<TrainingConfiguration> = {
  base_precision: 'float16',
  batch_size: 2,
  epochs: 2,
  seed: 2,
  learning_rate: 1e-2,
};
const skips = [
  { name: 'overflow_skipped', detail: { step: 1, loss_scale: 2 ** 15 } },
  { name: 'overflow_skipped', detail: { step: 5, loss_scale: 2 ** 14 } },
];

let bench: SegmentBench;
let whole: {
  readonly checkpoint: CheckpointReference;
  readonly reporter: RecordingReporter;
  readonly losses: number[];
};
beforeAll(async () => {
  bench = new SegmentBench();
  const file = join(bench.modelFolder, 'config.json');
  const config: unknown = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...Object(config), initializer_range: 1.6 }));
  const reporter = new RecordingReporter();
  const segment = bench.trainSegment(bench.specification(changes));
  const outcome = expectOutcome(await makeOnnxRunner().run(bench.command(segment), reporter), 'trained');
  whole = { checkpoint: outcome.checkpoint, reporter, losses: reporter.values('loss', outcome.metrics) };
});
afterAll(() => rmSync(bench.folder, { recursive: true }));

const skipsOf = ({ events }: RecordingReporter) => events.filter(({ name }) => name === 'overflow_skipped');

test('a base in float16 learns; each overflow is told, and takes neither a step nor a batch', async () => {
  const { reporter, losses, checkpoint } = whole;
  expect(skipsOf(reporter)).toEqual(skips);
  expect(losses).toHaveLength(80);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(losses.slice(-20))).toBeLessThan(0.7 * mean(losses.slice(0, 20)));
  const { state } = readCheckpointState(join(bench.checkpointFolder, checkpoint.uri));
  expect(state.step).toBe(80);
  expect(state.lossScale).toEqual({ scale: 2 ** 14, goodSteps: 76 });
  const evaluate = bench.evaluateSegment(bench.specification(changes), checkpoint, [
    bench.pending('e', { mode: 'expected' }),
  ]);
  const outcome = await makeOnnxRunner().run(bench.command(evaluate), new RecordingReporter());
  const { loss } = expectOutcome(outcome, 'evaluated').results[0]?.metrics ?? {};
  expect(loss).toBeLessThan(mean(losses.slice(0, 20)));
});

test('released before an overflow and resumed by another runner, it ends in the same bytes', async () => {
  const specification = bench.specification(changes);
  const first = new RecordingReporter(4);
  const begun = bench.trainSegment(specification, { epoch: 2 });
  expect(await makeOnnxRunner().run(bench.command(begun), first)).toEqual({ kind: 'released' });
  const second = new RecordingReporter();
  const segment = bench.trainSegment(specification, { checkpoint: first.checkpoints.at(-1) ?? null, epoch: 3 });
  const outcome = expectOutcome(await makeOnnxRunner().run(bench.command(segment), second), 'trained');
  expect([skipsOf(first), skipsOf(second)]).toEqual([skips.slice(0, 1), skips.slice(1)]);
  expect(outcome.checkpoint.sha256).toBe(whole.checkpoint.sha256);
  expect([...first.values('loss'), ...second.values('loss', outcome.metrics)]).toEqual(whole.losses);
});

test('killed around an overflow and gone on with, it ends in the same bytes', async () => {
  const specification = bench.specification(changes);
  let checkpoint: CheckpointReference | null = null;
  for (const [i, killStep] of [4, 6].entries()) {
    const segment = bench.trainSegment(specification, { checkpoint, epoch: 10 + i });
    const life = await live(bench.command(segment, 0), killStep);
    expect(life.final).toBeNull();
    // Steps past the one that was waited for are lost, the overflow's among them.
    checkpoint = life.checkpoints.find(({ step }) => step === killStep) ?? null;
    expect(checkpoint).not.toBeNull();
  }
  const segment = bench.trainSegment(specification, { checkpoint, epoch: 12 });
  const last = await live(bench.command(segment, 0), Number.POSITIVE_INFINITY);
  expect(last.final?.sha256).toBe(whole.checkpoint.sha256);
  expect(vectorHashes(last.final, bench.checkpointFolder)).toEqual(
    vectorHashes(whole.checkpoint, bench.checkpointFolder),
  );
});

test('a loss that is not finite is divergence at once: no scale is tried', async () => {
  const reporter = new RecordingReporter();
  const specification = bench.specification({ ...changes, learning_rate: 1e36, clip_norm: null });
  const outcome = await makeOnnxRunner().run(bench.command(bench.trainSegment(specification)), reporter);
  expect(outcome).toMatchObject({ kind: 'failed', outcome: 'diverged', code: 'NON_FINITE' });
  expect(skipsOf(reporter)).toEqual(skips.slice(0, 1));
});
