import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findModel } from '../../src/hub/resolve-model.ts';
import { stream } from '../../src/random/stream.ts';
import type { CheckpointReference } from '../../src/sweep/segment.ts';
import { SegmentBench } from '../support/segment-run.ts';
import { live, vectorHashes } from '../support/trainer-life.ts';

const reference = process.env['DROPSWEEP_TEST_MODEL'] ?? 'sentence-transformers/all-MiniLM-L6-v2';
const model = await findModel(reference);

describe.skipIf(model === null)(
  'all-MiniLM-L6-v2 (skipped unless it is in the cache or DROPSWEEP_TEST_MODEL names its folder)',
  () => {
    test('killed with SIGKILL at several random steps, it ends in the same bits', { timeout: 300_000 }, async () => {
      const bench = new SegmentBench({ modelFolder: model?.folder ?? '' });
      const specification = bench.specification({ epochs: 2, rank: 8, alpha: 16, dropout_rate: 0.5 });
      const whole = await live(bench.command(bench.trainSegment(specification)), Number.POSITIVE_INFINITY);
      const steps = stream(6, 'cuts')
        .permutation(specification.total_steps - 1)
        .subarray(0, 4);
      let checkpoint: CheckpointReference | null = null;
      for (const [i, step] of [...steps].sort((a, b) => a - b).entries()) {
        const segment = bench.trainSegment(specification, { checkpoint, epoch: i + 2 });
        const life = await live(bench.command(segment, 0), step + 1);
        expect(life.final).toBeNull();
        checkpoint = life.checkpoints.at(-2) ?? life.checkpoints.at(-1) ?? checkpoint;
      }
      const rest = bench.trainSegment(specification, { checkpoint, epoch: 99 });
      const last = await live(bench.command(rest), Number.POSITIVE_INFINITY);
      expect(last.final?.sha256).toBe(whole.final?.sha256);
      expect(vectorHashes(last.final, bench.checkpointFolder)).toEqual(
        vectorHashes(whole.final, bench.checkpointFolder),
      );
      rmSync(bench.folder, { recursive: true });
    });
  },
);
