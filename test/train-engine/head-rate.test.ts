import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import type { StepHyperparameters, TokenBatch } from '../../src/train/engine/adapter-engine.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { isOfHead, tensorLength } from '../../src/train/engine/graphs/trainable-layout.ts';
import { relativeError } from '../conformance/read-case.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';
import { stepHyperparameters } from '../support/step-hyperparameters.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'dropsweep-head-rate-'));
beforeAll(() => writeTinyModel(folder));
afterAll(() => rmSync(folder, { recursive: true }));

const [rows, length] = [4, 6];
const batch: TokenBatch = {
  rows,
  length,
  inputIds: BigInt64Array.from(stream(8, 'head-rate', 'ids').integers(rows * length, 15), (id) => BigInt(id + 2)),
  attentionMask: new BigInt64Array(rows * length).fill(1n),
  tokenTypeIds: new BigInt64Array(rows * length),
  samples: samplesInOrder(rows),
};

/*
 * AdamW goes element by element once the gradient is clipped by its global norm: with a rate of its own the head steps as
 * in a training whose only rate that is, and the adapters as in one of theirs. So does torch with two parameter groups.
 */
it('a head with a learning rate of its own steps, and decays, by that, and the adapters by theirs', async () => {
  const engine = await openAdapterEngine({
    modelFolder: folder,
    task: { kind: 'classification', label_names: ['no', 'yes'] },
    adapter: { adapter: 'lora', rank: 4, alpha: 8, targets: ['all-linear'] },
    threads: 1,
  });
  const state = engine.initialState(3);
  const noise = stream(9, 'head-rate', 'parameters').normals(state.parameters.length);
  const start = { ...state, parameters: state.parameters.map((value, i) => value + 0.1 * (noise[i] ?? 0)) };
  const ones = (size: (linear: (typeof engine.layout.modules)[number]) => number): Float32Array =>
    new Float32Array(engine.layout.modules.reduce((sum, linear) => sum + size(linear), 0)).fill(1);
  const masks = { input: ones((linear) => linear.inFeatures), output: ones((linear) => linear.outFeatures) };
  const labels = BigInt64Array.of(0n, 1n, 1n, 0n);
  const stepped = async (change: Partial<StepHyperparameters>) => {
    const hyperparameters = { ...stepHyperparameters, dropoutRate: 0, sparsity: 0, ...change };
    return (await engine.step(start, batch, labels, [masks], hyperparameters)).state.parameters;
  };
  const [common, apart, headAlone] = [
    await stepped({ learningRate: 1e-2 }),
    await stepped({ learningRate: 1e-2, headRate: 5 }),
    await stepped({ learningRate: 5e-2 }),
  ];
  await engine.close();
  for (const tensor of engine.layout.tensors) {
    const part = (values: Float32Array) => values.subarray(tensor.offset, tensor.offset + tensorLength(tensor));
    const expected = isOfHead(tensor) ? headAlone : common;
    // 5 × 1e-2 is rounded to float32 once more than 5e-2 is.
    expect(relativeError(part(apart), part(expected)), tensor.name).toBeLessThan(1e-6);
    if (isOfHead(tensor)) expect(relativeError(part(apart), part(common)), tensor.name).toBeGreaterThan(1e-3);
  }
});
