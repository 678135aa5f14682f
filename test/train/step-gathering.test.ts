import { rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import { expectOutcome, RecordingReporter, SegmentBench } from '../support/segment-run.ts';

const bench = new SegmentBench();
afterAll(() => rmSync(bench.folder, { recursive: true }));

/** Trainings that share base, targets, rows and seed, and nothing else. */
const arms = [
  { dropout_rate: 0.3, train_instances: 2, epochs: 4 },
  { dropout_rate: 0, train_instances: 1, sparsity: 0.5, learning_rate: 5e-3, epochs: 2 },
  { dropout_rate: 0.6, train_instances: 3, learning_rate: 1e-4, epochs: 3, clip_norm: 0.01 },
];

const segmentOf = (index: number, changes: object = {}) => {
  const segment = bench.trainSegment(bench.specification({ ...arms[index], ...changes }), { pack: 4 });
  return { ...segment, lease: { segmentId: `segment ${index}`, epoch: 1 }, trainingHash: `training-${index}` };
};

describe('trainings that step together', () => {
  test('end, each at its own length, in the checkpoint that each gives alone', async () => {
    const alone: string[] = [];
    for (const index of arms.keys()) {
      const segment = segmentOf(index);
      const outcome = await makeOnnxRunner().run(bench.command(segment), new RecordingReporter());
      alone.push(expectOutcome(outcome, 'trained').checkpoint.sha256);
    }
    const runner = makeOnnxRunner();
    const begun = performance.now();
    const together = await Promise.all(
      arms.map((_, index) => runner.run(bench.command(segmentOf(index)), new RecordingReporter())),
    );
    const passed = (performance.now() - begun) / 1_000;
    // Each has its share of the slot's time: together they have no more than there was.
    const shares = together.map((outcome) => expectOutcome(outcome, 'trained').trainSeconds);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(passed);
    expect(together.map((outcome) => expectOutcome(outcome, 'trained').checkpoint.sha256)).toEqual(alone);
  });

  test('one of them diverges, one gives its slot back: the third ends as alone', async () => {
    const whole = await makeOnnxRunner().run(bench.command(segmentOf(2)), new RecordingReporter());
    const runner = makeOnnxRunner();
    const [released, diverged, third] = await Promise.all([
      runner.run(bench.command(segmentOf(0)), new RecordingReporter(7)),
      runner.run(bench.command(segmentOf(1, { learning_rate: 1e30, clip_norm: null })), new RecordingReporter()),
      runner.run(bench.command(segmentOf(2)), new RecordingReporter()),
    ]);
    expect(released?.kind).toBe('released');
    expect(diverged).toMatchObject({ kind: 'failed', outcome: 'diverged' });
    const last = third === undefined ? null : expectOutcome(third, 'trained');
    expect(last?.checkpoint.sha256).toBe(expectOutcome(whole, 'trained').checkpoint.sha256);
  });

  test('without a pack, one that pays is measured before the first step, and told', async () => {
    const reporter = new RecordingReporter();
    const segment = { ...segmentOf(0), pack: null };
    expect((await makeOnnxRunner().run(bench.command(segment), reporter)).kind).toBe('trained');
    expect(reporter.packings).toHaveLength(1);
    expect([1, 2]).toContain(reporter.packings[0]?.pack);
    expect(reporter.packings[0]?.passMs?.[1]).toBeGreaterThan(0);
  });
});
