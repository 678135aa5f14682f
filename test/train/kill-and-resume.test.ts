import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import type { CheckpointReference } from '../../src/sweep/segment.ts';
import { SegmentBench } from '../support/segment-run.ts';
import { live, vectorHashes } from '../support/trainer-life.ts';

/*
 * A real trainer process trains the tiny model for 200 steps and writes a checkpoint after each. It is killed with
 * SIGKILL once it has reported the checkpoint of a random step, twenty times over; the steps that it did past the
 * last reported checkpoint are lost. Each time another process goes on from a checkpoint a few steps back. What it
 * ends with must be what a process that was never disturbed ends with, byte for byte.
 */

const totalSteps = 200;
let bench: SegmentBench;
beforeAll(() => {
  bench = new SegmentBench();
});
afterAll(() => rmSync(bench.folder, { recursive: true }));

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
  const vectorsOf = (final: CheckpointReference | null) => vectorHashes(final, bench.checkpointFolder);
  expect(vectorsOf(last.final)).toEqual(vectorsOf(whole.final));
  const inOrder = (values: ReadonlyMap<number, number>): [number, number][] => [...values].sort(([a], [b]) => a - b);
  expect(inOrder(losses)).toEqual(inOrder(whole.losses));
  expect(losses.size).toBe(totalSteps);
});
