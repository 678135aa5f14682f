import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cpu } from '../../src/runtime/devices/cpu.ts';
import { type GraphSession, openGraph } from '../../src/runtime/graph-session.ts';
import type { TokenBatch } from '../../src/train/engine/adapter-engine.ts';
import { type BatchSize, GradientPasses, type Pass } from '../../src/train/engine/passes/gradient-passes.ts';
import { planEngine } from '../../src/train/engine/plan-engine.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { classObjective } from '../support/objectives.ts';

const folder = mkdtempSync(join(tmpdir(), 'dropsweep-reserve-'));
beforeAll(() => writeTinyModel(folder));
afterAll(() => rmSync(folder, { recursive: true }));

function batchOf(rows: number, length: number): TokenBatch {
  const ones = () => new BigInt64Array(rows * length).fill(1n);
  const tokenTypeIds = new BigInt64Array(rows * length);
  return { rows, length, inputIds: ones(), attentionMask: ones(), tokenTypeIds, samples: samplesInOrder(rows) };
}

it('a session reserves memory once, before its first training pass, for the largest batch that is to come', async () => {
  const adapter = { adapter: 'lora', rank: 4, alpha: 8, targets: ['all-linear'] } as const;
  const task = classObjective(2);
  const plan = planEngine({ modelFolder: folder, adapter }, task);
  const asked: BatchSize[] = [];
  const reserved: (number | undefined)[] = [];
  const recorded = (session: GraphSession): GraphSession => ({
    run: (feeds, reserve) => {
      reserved.push(reserve);
      return session.run(feeds, reserve);
    },
    close: () => session.close(),
  });
  const passes = new GradientPasses(plan, {
    threads: 1,
    sharesBatches: true,
    open: async (graph) =>
      recorded(
        await openGraph({ graph, device: cpu, folder, options: { threads: 1 }, waiting: ['input_ids', 'parameters'] }),
      ),
    takes: (_graph, { rows, length }) => {
      asked.push({ rows, length });
      return 1_000_000;
    },
  });
  const ones = (size: 'inFeatures' | 'outFeatures') =>
    new Float32Array(plan.layout.modules.reduce((sum, module) => sum + module[size], 0)).fill(1);
  const masks = { input: ones('inFeatures'), output: ones('outFeatures') };
  const pass: Pass = { parameters: new Float32Array(plan.layout.length).fill(0.01), masks, lossScale: 1 };
  const run = async (rows: number, count: number, isTraining = true) => {
    const labels = isTraining ? new BigInt64Array(rows) : null;
    const alike = Array.from({ length: count }, () => pass);
    return passes.run(alike, { batch: batchOf(rows, 8), labels, updateScale: 1 }, 1);
  };
  passes.expect({ rows: 4, length: 16 });
  await run(2, 1, false);
  const [first] = await run(2, 1);
  expect(await run(2, 1)).toEqual([first]);
  expect(reserved).toEqual([0, 1_000_000, 0]);
  // Two passes over one batch: what they share, then each of them.
  expect(await run(2, 2)).toEqual([first, first]);
  expect(reserved.slice(3)).toEqual([undefined, 1_000_000, 0]);
  expect(asked).toEqual([
    { rows: 4, length: 16 },
    { rows: 4, length: 16 },
  ]);
  await passes.close();
});
