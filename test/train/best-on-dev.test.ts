import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import type { CheckpointReference } from '../../src/sweep/segment.ts';
import { readCheckpointState } from '../../src/train/checkpoints/checkpoint.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import { expectOutcome, RecordingReporter, SegmentBench } from '../support/segment-run.ts';
import { live } from '../support/trainer-life.ts';

/*
 * A training that overfits: a rate far too high for fifty train rows, so that the dev loss is best long before the end.
 */
const overfits = { keep: 'best_on_dev', keep_by: 'loss', keep_every: 10, learning_rate: 3e-2, epochs: 12 } as const;

let bench: SegmentBench;
const runner = makeOnnxRunner();
beforeAll(() => {
  bench = new SegmentBench();
});
afterAll(() => rmSync(bench.folder, { recursive: true }));

const specificationOf = (changes: Parameters<SegmentBench['specification']>[0] = {}) =>
  bench.specification({ ...overfits, ...changes });

const stateOf = (checkpoint: CheckpointReference) =>
  readCheckpointState(join(bench.checkpointFolder, checkpoint.uri)).state;

async function train(
  specification: ReturnType<typeof specificationOf>,
  options: Parameters<SegmentBench['trainSegment']>[1] = {},
) {
  const reporter = new RecordingReporter();
  const command = bench.command(bench.trainSegment(specification, options));
  const outcome = expectOutcome(await runner.run(command, reporter), 'trained');
  return { ...outcome, reporter };
}

async function lossAt(specification: ReturnType<typeof specificationOf>, checkpoint: CheckpointReference) {
  const segment = bench.evaluateSegment(specification, checkpoint, [bench.pending('e', { mode: 'expected' })]);
  const outcome = await runner.run(bench.command(segment), new RecordingReporter());
  return expectOutcome(outcome, 'evaluated').results[0]?.metrics;
}

describe('a training that keeps what was best on the dev rows', () => {
  it('ends with the weights of the step whose own evaluation is best among those that were looked at', async () => {
    const specification = specificationOf();
    const losses: number[] = [];
    let checkpoint: CheckpointReference | null = null;
    for (let step = 10; step <= 120; step += 10) {
      // On its way it is evaluated as it stands there, the last step's weights alone are those of another step.
      const endStep = step === 120 ? 119 : step;
      const reached: CheckpointReference = (await train(specification, { checkpoint, endStep, epoch: step }))
        .checkpoint;
      checkpoint = reached;
      losses.push(Number((await lossAt(specification, reached))?.loss));
    }
    const looked = losses.slice(0, -1);
    const best = 10 * (looked.indexOf(Math.min(...looked)) + 1);
    expect(best).toBeLessThan(110);
    const { checkpoint: whole, reporter } = await train(specification);
    const metrics = await lossAt(specification, whole);
    expect(metrics?.loss).toBe(Math.min(...looked));
    expect(metrics?.['kept_step']).toBe(best);
    expect(reporter.events.find(({ name }) => name === 'kept_step')?.detail).toMatchObject({
      step: best,
      metric: 'loss',
    });
    expect(whole.step).toBe(120);
  });

  it('stops by its patience, passes what is left of its segments, and keeps the same weights', async () => {
    const patient = await train(specificationOf({ patience: 3 }));
    const stopped = patient.reporter.events.find(({ name }) => name === 'stopped_early')?.detail;
    expect(stopped?.['step']).toBe(Number(stopped?.['best_step']) + 30);
    expect(patient.reporter.values('loss', patient.metrics)).toHaveLength(Number(stopped?.['step']));
    const best = await train(specificationOf(), { endStep: Number(stopped?.['best_step']) });
    expect(stateOf(patient.checkpoint).parameters).toEqual(stateOf(best.checkpoint).parameters);
    const rung = await train(specificationOf({ patience: 3 }), { endStep: 110 });
    expect(rung.checkpoint.step).toBe(110);
    const rest = await train(specificationOf({ patience: 3 }), { checkpoint: rung.checkpoint, epoch: 2 });
    expect(rest.metrics).toEqual([]);
    expect(rest.checkpoint.sha256).toBe(patient.checkpoint.sha256);
  });

  it('by a metric of its predictions, it keeps the earliest of the best', async () => {
    const { reporter } = await train(specificationOf({ keep_by: 'accuracy' }));
    const kept = reporter.events.find(({ name }) => name === 'kept_step')?.detail;
    expect(Number(kept?.['value'])).toBeGreaterThan(0.6);
  });

  it('killed at random steps, and released where it would look, it ends in the bytes of one left alone', {
    timeout: 120_000,
  }, async () => {
    const specification = specificationOf({ patience: 4, adapter: 'lora' });
    const whole = await live(bench.command(bench.trainSegment(specification)), Number.POSITIVE_INFINITY);
    const random = stream(7, 'kills');
    const reached = stateOf(present(whole.final)).selection?.stoppedAt ?? 120;
    const kills = [...random.permutation(reached - 1).subarray(0, 4)].map((step) => step + 1).sort((a, b) => a - b);
    let checkpoint: CheckpointReference | null = null;
    for (const [index, step] of kills.entries()) {
      const segment = bench.trainSegment(specification, { checkpoint, epoch: index + 2 });
      const life = await live(bench.command(segment, 0), step);
      checkpoint = life.checkpoints.at(-1) ?? checkpoint;
    }
    const released = new RecordingReporter(10 * Math.ceil(((checkpoint?.step ?? 0) + 1) / 10));
    const before = bench.trainSegment(specification, { checkpoint, epoch: 50 });
    const outcome = await runner.run(bench.command(before), released);
    expect(outcome.kind).toBe('released');
    expect(released.checkpoints.at(-1)?.step).toBe(released.releaseAt);
    const after = bench.trainSegment(specification, { checkpoint: present(released.checkpoints.at(-1)), epoch: 51 });
    const last = await live(bench.command(after), Number.POSITIVE_INFINITY);
    expect(last.final?.sha256).toBe(whole.final?.sha256);
  });
});

function present(checkpoint: CheckpointReference | null | undefined): CheckpointReference {
  if (checkpoint === null || checkpoint === undefined) throw new Error('a checkpoint was written');
  return checkpoint;
}
