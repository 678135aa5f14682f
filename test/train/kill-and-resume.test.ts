import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import type { CheckpointReference } from '../../src/sweep/segment.ts';
import { readCheckpointState } from '../../src/train/checkpoint.ts';
import type { RunCommand } from '../../src/train/segment-runner.ts';
import type { FromTrainer } from '../../src/train/trainer-protocol.ts';
import { expectOutcome, SegmentBench } from '../support/segment-run.ts';
import { sha256 } from '../../src/base/sha256.ts';

/*
 * A real trainer process trains the tiny model for 200 steps and writes a checkpoint after each. It is killed with
 * SIGKILL once it has reported the checkpoint of a random step, twenty times over; the steps that it did past the
 * last reported checkpoint are lost. Each time another process goes on from a checkpoint a few steps back. What it
 * ends with must be what a process that was never disturbed ends with, byte for byte.
 */

const trainerProcess = resolve(import.meta.dirname, '../../dist/src/train/trainer-process-main.js');
const totalSteps = 200;
let bench: SegmentBench;
beforeAll(() => {
  bench = new SegmentBench();
});
afterAll(() => rmSync(bench.folder, { recursive: true }));

interface Life {
  readonly checkpoints: readonly CheckpointReference[];
  readonly losses: ReadonlyMap<number, number>;
  readonly final: CheckpointReference | null;
}

/** Runs a trainer process until it is done, or until it has reported the checkpoint of `killStep`. */
async function live(command: RunCommand, killStep: number): Promise<Life> {
  const checkpoints: CheckpointReference[] = [];
  const losses = new Map<number, number>();
  let final: CheckpointReference | null = null;
  const child: ChildProcess = fork(trainerProcess, {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await new Promise<void>((done, fail) => {
    child.on('message', (message: FromTrainer) => {
      if (message.kind === 'ready') child.send(command);
      const chunks =
        message.kind === 'checkpoint' || message.kind === 'metrics'
          ? message.chunks
          : message.kind === 'done' && message.outcome.kind === 'trained'
            ? message.outcome.metrics
            : [];
      for (const { name, firstStep, values } of chunks) {
        if (name === 'loss') for (const [i, value] of values.entries()) losses.set(firstStep + i, value);
      }
      if (message.kind === 'checkpoint') {
        checkpoints.push(message.checkpoint);
        if (message.checkpoint.step >= killStep) child.kill('SIGKILL');
      }
      if (message.kind === 'done') {
        final = expectOutcome(message.outcome, 'trained').checkpoint;
        child.kill('SIGKILL');
      }
    });
    child.on('error', fail);
    child.on('exit', () => done());
  });
  return { checkpoints, losses, final };
}

test('killed at twenty random steps, a training ends in the same bits as one left alone', {
  timeout: 240_000,
}, async () => {
  const specification = bench.specification();
  expect(specification.total_steps).toBe(totalSteps);
  const whole = await live(bench.command(bench.trainSegment(specification)), Number.POSITIVE_INFINITY);
  const random = stream(20, 'kills');
  const kills = [...random.permutation(totalSteps - 1).subarray(0, 20)].map((step) => step + 1).sort((a, b) => a - b);
  const losses = new Map<number, number>();
  let checkpoint: CheckpointReference | null = null;
  for (const [i, killStep] of kills.entries()) {
    const segment = bench.trainSegment(specification, { checkpoint, epoch: i + 2 });
    const life = await live(bench.command(segment, 0), killStep);
    expect(life.final).toBeNull();
    const back = 1 + (random.integers(1, 3)[0] ?? 0);
    checkpoint = life.checkpoints.at(-back) ?? life.checkpoints.at(-1) ?? checkpoint;
    for (const [step, loss] of life.losses) if (step <= (checkpoint?.step ?? 0)) losses.set(step, loss);
  }
  const last = await live(
    bench.command(bench.trainSegment(specification, { checkpoint, epoch: 99 })),
    Number.POSITIVE_INFINITY,
  );
  for (const [step, loss] of last.losses) losses.set(step, loss);
  expect(last.final?.step).toBe(totalSteps);
  expect(last.final?.sha256).toBe(whole.final?.sha256);
  const vectorsOf = (reference: CheckpointReference | null): string[] => {
    const { state } = readCheckpointState(resolve(bench.checkpointFolder, reference?.uri ?? ''));
    return [state.parameters, state.firstMoment, state.secondMoment].map((vector) =>
      sha256(new Uint8Array(vector.buffer)),
    );
  };
  expect(vectorsOf(last.final)).toEqual(vectorsOf(whole.final));
  const inOrder = (values: ReadonlyMap<number, number>): [number, number][] => [...values].sort(([a], [b]) => a - b);
  expect(inOrder(losses)).toEqual(inOrder(whole.losses));
  expect(losses.size).toBe(totalSteps);
});
