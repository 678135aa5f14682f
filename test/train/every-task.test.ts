import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckpointReference, PendingEvaluation, SegmentOutcome } from '../../src/sweep/segment.ts';
import type { TrainingSpecification } from '../../src/sweep/vocabulary.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import { expectOutcome, RecordingReporter, SegmentBench } from '../support/segment-run.ts';
import { live } from '../support/trainer-life.ts';
import { tinyTasks } from '../support/tiny-tasks.ts';

it('every kind of task is tried', () => {
  expect(Object.keys(tinyTasks).sort()).toEqual(taskSections.map(({ kind }) => kind).sort());
});

/**
 * What holds for a task whatever it is. The training is taken to its end in one go; then another is released in its middle
 * and gone on with by a runner that knows nothing of the first; then both adapters are the same bytes. Their evaluations
 * are made at once, and from members that were stored before.
 */
describe.each(Object.entries(tinyTasks))('a training of %s', (_, task) => {
  let bench: SegmentBench;
  let specification: TrainingSpecification;
  let checkpoint: CheckpointReference;
  beforeAll(async () => {
    bench = new SegmentBench({ trainRows: 40, devRows: 30, task });
    specification = bench.specification({ epochs: 4, dropout_rate: 0.4, micro_batch_size: 3 });
    ({ checkpoint } = await train());
  });
  afterAll(() => rmSync(bench.folder, { recursive: true }));

  async function train(endStep = specification.total_steps): Promise<Extract<SegmentOutcome, { kind: 'trained' }>> {
    const segment = bench.trainSegment(specification, { endStep });
    return expectOutcome(await makeOnnxRunner().run(bench.command(segment), new RecordingReporter()), 'trained');
  }

  async function evaluate(of: CheckpointReference, ...pending: readonly PendingEvaluation[]) {
    const segment = bench.evaluateSegment(specification, of, pending);
    return expectOutcome(await makeOnnxRunner().run(bench.command(segment), new RecordingReporter()), 'evaluated');
  }
  const ensemble = (size: number, changes = {}) =>
    bench.pending(`m${size}`, { ensemble_size: size, dropout_rate: 0.4, ...changes });

  it('released in the middle and gone on with, ends in the same bytes', async () => {
    const half = await train(7);
    const rest = bench.trainSegment(specification, { checkpoint: half.checkpoint, epoch: 2 });
    const outcome = await makeOnnxRunner().run(bench.command(rest), new RecordingReporter());
    expect(expectOutcome(outcome, 'trained').checkpoint.sha256).toBe(checkpoint.sha256);
  });

  it('killed once it has three checkpoints, and gone on with by another process, ends in the same bytes', async () => {
    const life = await live(bench.command(bench.trainSegment(specification, { epoch: 3 }), 0), 3);
    const kept = life.checkpoints.find(({ step }) => step === 3) ?? null;
    expect(kept).not.toBeNull();
    const rest = bench.trainSegment(specification, { checkpoint: kept, epoch: 4 });
    const { final, losses } = await live(bench.command(rest), Number.POSITIVE_INFINITY);
    expect(final?.sha256).toBe(checkpoint.sha256);
    expect(Math.min(...losses.keys())).toBe(4);
  });

  it('learns', async () => {
    const raw = bench.pending('raw', { mode: 'raw', dropout_rate: 0 });
    const { metrics } = (await evaluate(checkpoint, raw)).results[0] ?? {};
    const start = (await evaluate((await train(1)).checkpoint, raw)).results[0]?.metrics;
    expect(metrics?.['train_loss']).toBeLessThan(Number(start?.['train_loss']));
    expect(metrics?.rows).toBe(30);
  });

  it('has nested members, whichever are stored, and means that lose no more than they do', async () => {
    const other = task.aggregates === undefined ? { aggregate: 'probabilities' } : { mask_seed: 1 };
    const together = await evaluate(checkpoint, ensemble(2), ensemble(4), {
      ...ensemble(4, other),
      evaluationId: 'other',
    });
    const of = (id: string) => together.members.filter(({ evaluationId }) => evaluationId === id);
    expect(
      of('m4')
        .slice(0, 2)
        .map(({ outputs }) => outputs),
    ).toEqual(of('m2').map(({ outputs }) => outputs));
    const storedMembers = of('m4').filter(({ member }) => member < 3);
    const again = await evaluate(checkpoint, { ...ensemble(4), storedMembers });
    expect(again.members.map(({ member }) => member)).toEqual([3]);
    expect(again.results[0]).toEqual(together.results[1]);
    for (const { metrics } of together.results)
      expect(metrics.loss).toBeLessThanOrEqual(Number(metrics.mean_member_loss));
    expect(new Set(together.results.map((result) => result.predictionsSha256)).size).toBeGreaterThan(1);
  });
});
