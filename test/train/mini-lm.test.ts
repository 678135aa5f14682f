import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { makeOnnxRunner } from '../../src/train/onnx-runner.ts';
import { expectOutcome, RecordingReporter, SegmentBench } from '../support/segment-run.ts';

const modelFolder = process.env['DROPSWEEP_TEST_MODEL'];

describe.skipIf(modelFolder === undefined)(
  'all-MiniLM-L6-v2 (skipped unless DROPSWEEP_TEST_MODEL names its folder)',
  () => {
    test('interrupted at several random steps and resumed by fresh runners, it ends in the same bits', {
      timeout: 300_000,
    }, async () => {
      const bench = new SegmentBench({ modelFolder: modelFolder ?? '' });
      const specification = bench.specification({ epochs: 1, rank: 8, alpha: 16, dropout_rate: 0.5 });
      const whole = expectOutcome(
        await makeOnnxRunner().run(bench.command(bench.trainSegment(specification)), new RecordingReporter()),
        'trained',
      );
      for (const cut of stream(6, 'cuts')
        .permutation(specification.total_steps - 1)
        .subarray(0, 3)) {
        const reporter = new RecordingReporter(cut + 1);
        const first = bench.trainSegment(specification, { epoch: 10 + cut });
        expect(await makeOnnxRunner().run(bench.command(first), reporter)).toEqual({ kind: 'released' });
        const second = bench.trainSegment(specification, {
          checkpoint: reporter.checkpoints.at(-1) ?? null,
          epoch: 30 + cut,
        });
        const end = expectOutcome(
          await makeOnnxRunner().run(bench.command(second), new RecordingReporter()),
          'trained',
        );
        expect(end.checkpoint.sha256).toBe(whole.checkpoint.sha256);
      }
      rmSync(bench.folder, { recursive: true });
    });
  },
);
