import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findModel } from '../../src/hub/resolve-model.ts';
import { stream } from '../../src/random/stream.ts';
import type { CheckpointReference } from '../../src/sweep/segment.ts';
import { drawMasks } from '../../src/train/engine/masks/instance-masks.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { SegmentBench } from '../support/segment-run.ts';
import { stepHyperparameters } from '../support/step-hyperparameters.ts';
import { live, vectorHashes } from '../support/trainer-life.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';

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

    test.each([
      [1, undefined],
      [2, undefined],
      [2, 'int8' as const],
    ])('on %i threads, in %s, trainings in packs end in the bits of each in turn', async (threads, precision) => {
      const folder = mkdtempSync(join(tmpdir(), 'dropsweep-mini-lm-'));
      for (const file of ['config.json', 'model.safetensors'])
        cpSync(join(model?.folder ?? '', file), join(folder, file));
      const adapter = { adapter: 'lora', rank: 8, alpha: 16, targets: ['query', 'value', 'output.dense'] } as const;
      const engine = await openAdapterEngine({
        modelFolder: folder,
        task: { kind: 'classification', label_names: ['no', 'yes'] },
        adapter: precision === undefined ? adapter : { ...adapter, base_precision: precision },
        threads,
      });
      const [rows, length] = [8, 33];
      const ids = BigInt64Array.from(stream(1, 'mini-lm', 'ids').integers(rows * length, 20_000), BigInt);
      const attentionMask = new BigInt64Array(rows * length).fill(1n);
      const tokenTypeIds = new BigInt64Array(rows * length);
      const batch = { rows, length, inputIds: ids, attentionMask, tokenTypeIds, samples: samplesInOrder(rows) };
      const labels = BigInt64Array.from({ length: rows }, (_, row) => BigInt(row % 2));
      const trainings = [2, 1, 3].map((instances, seed) => ({
        state: engine.initialState(seed),
        instances: Array.from({ length: instances }, (_, instance) =>
          drawMasks(engine.layout, 0.1 + 0.3 * seed, (module) => stream(seed, 'mini-lm', instance, module)),
        ),
        hyperparameters: { ...stepHyperparameters, dropoutRate: 0.1 + 0.3 * seed, learningRate: 1e-3 * (seed + 1) },
      }));
      const inTurn = await engine.stepTogether(trainings, batch, labels, 1);
      for (const pack of [2, 4]) expect(await engine.stepTogether(trainings, batch, labels, pack)).toEqual(inTurn);
      await engine.close();
      rmSync(folder, { recursive: true });
    });
  },
);
