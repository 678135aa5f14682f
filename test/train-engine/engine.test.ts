import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import type { AdapterEngine, AdapterMasks, TokenBatch } from '../../src/train/engine/adapter-engine.ts';
import { drawMasks } from '../../src/train/engine/masks/instance-masks.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { stepHyperparameters as hyperparameters } from '../support/step-hyperparameters.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';

const folder = mkdtempSync(join(tmpdir(), 'dropsweep-engine-'));
const open = (threads: number) =>
  openAdapterEngine({
    modelFolder: folder,
    task: { kind: 'classification', label_names: ['no', 'yes', 'perhaps'] },
    adapter: { adapter: 'lora', rank: 4, alpha: 8, targets: ['all-linear'] },
    threads,
  });
let engine: AdapterEngine;
beforeAll(async () => {
  writeTinyModel(folder);
  engine = await open(1);
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

function batchOf(rows: number, length: number): TokenBatch {
  const ids = stream(5, 'engine-test', 'ids', rows, length).integers(rows * length, 15);
  const attentionMask = new BigInt64Array(rows * length).fill(1n);
  for (let row = 1; row < rows; row += 1) attentionMask[row * length + length - 1] = 0n;
  return {
    rows,
    length,
    inputIds: BigInt64Array.from(ids, (id) => BigInt(id + 2)),
    attentionMask,
    tokenTypeIds: new BigInt64Array(rows * length),
    samples: samplesInOrder(rows),
  };
}
const labels = (rows: number) => BigInt64Array.from({ length: rows }, (_, row) => BigInt(row % 3));
const masks = (instance: number): AdapterMasks =>
  drawMasks(engine.layout, 0.5, (module) => stream(1, 'engine-test', instance, module));
/** With B drawn too, so that the adapters do something. */
function busyState() {
  const state = engine.initialState(3);
  const noise = stream(4, 'engine-test', 'parameters').normals(state.parameters.length);
  return { ...state, parameters: state.parameters.map((value, i) => value + 0.1 * (noise[i] ?? 0)) };
}

describe('the engine', () => {
  it('gives the same bits for the same inputs, and with two threads', async () => {
    const run = (on: AdapterEngine) =>
      on.step(busyState(), batchOf(5, 9), labels(5), [masks(0), masks(1)], hyperparameters);
    const [first, again] = [await run(engine), await run(engine)];
    expect(again).toEqual(first);
    const threaded = await open(2);
    const other = await run(threaded);
    await threaded.close();
    expect(other.state.parameters).toEqual(first.state.parameters);
  });

  it('steps, and evaluates, to the same bits after a training of several instances as before one', async () => {
    const used = await open(1);
    const step = (instances: number) => {
      const drawn = Array.from({ length: instances }, (_, instance) => masks(instance));
      return used.step(busyState(), batchOf(5, 9), labels(5), drawn, hyperparameters);
    };
    const logits = () => used.logits(busyState().parameters, batchOf(5, 9), masks(0), 1);
    const before = [await step(1), await logits()];
    await step(3);
    const after = [await step(1), await logits()];
    await used.close();
    expect(after).toEqual(before);
  });

  it('gives a row the same logits whoever its neighbours are', async () => {
    const { parameters } = busyState();
    const batch = batchOf(5, 9);
    const together = await engine.logits(parameters, batch, masks(0), 1);
    for (let row = 0; row < 5; row += 1) {
      const part = (data: BigInt64Array) => data.slice(row * 9, row * 9 + 9);
      const { inputIds, attentionMask, tokenTypeIds } = batch;
      const alone = {
        rows: 1,
        length: 9,
        inputIds: part(inputIds),
        attentionMask: part(attentionMask),
        tokenTypeIds: part(tokenTypeIds),
        samples: Uint32Array.of(row),
      };
      const logits = await engine.logits(parameters, alone, masks(0), 1);
      // A single row may take another product kernel: equal up to float32's rounding.
      for (let label = 0; label < 3; label += 1) expect(logits[label]).toBeCloseTo(together[row * 3 + label] ?? 0, 5);
    }
  });

  it('begins as the frozen base: B is zero, so masks change nothing', async () => {
    const { parameters } = engine.initialState(3);
    const free = await engine.logits(parameters, batchOf(3, 7), null, 1);
    expect(await engine.logits(parameters, batchOf(3, 7), masks(0), 1)).toEqual(free);
  });

  it('gives no gradient at all to an adapter whose rows or columns are dropped', async () => {
    const all = masks(0);
    const dropped = { input: new Float32Array(all.input.length), output: all.output };
    const { gradient } = await engine.gradient(busyState().parameters, batchOf(3, 7), labels(3), dropped);
    for (const tensor of engine.layout.tensors) {
      if (tensor.name.startsWith('head.')) continue;
      const size = tensor.shape.reduce((a, b) => a * b, 1);
      expect(gradient.subarray(tensor.offset, tensor.offset + size).every((value) => value === 0)).toBe(true);
    }
  });

  it('scales the mean gradient to the clipping norm, and reports the norm before', async () => {
    const free = await engine.step(busyState(), batchOf(5, 9), labels(5), [masks(0)], {
      ...hyperparameters,
      clipNorm: null,
    });
    const clipNorm = free.gradientNorm / 10;
    const clipped = await engine.step(busyState(), batchOf(5, 9), labels(5), [masks(0)], {
      ...hyperparameters,
      clipNorm,
    });
    expect(clipped.gradientNorm).toBe(free.gradientNorm);
    // The first moment after one step is (1 − β1) times the gradient that the optimiser saw.
    const norm = Math.hypot(...clipped.state.firstMoment) / (1 - hyperparameters.beta1);
    expect(norm / clipNorm).toBeCloseTo(1, 4);
  });

  it('passes the state through unchanged when the loss is not finite, and says so', async () => {
    const state = busyState();
    state.parameters.fill(Number.POSITIVE_INFINITY, 0, 1);
    const result = await engine.step(state, batchOf(3, 7), labels(3), [masks(0)], hyperparameters);
    expect(result.nonFinite).toBe(true);
    expect(result.state).toEqual({ ...state });
  });

  it('spares biases from decay when told to', async () => {
    const still = { ...hyperparameters, sparsity: 0, clipNorm: 1e-30, learningRate: 0.5, weightDecay: 0.5, epsilon: 1 };
    const bias = engine.layout.tensors.find((tensor) => tensor.name === 'head.classifier.bias');
    const at = (parameters: Float32Array) => parameters[bias?.offset ?? 0] ?? 0;
    const begun = busyState();
    const decayed = await engine.step(begun, batchOf(3, 7), labels(3), [masks(0)], still);
    const spared = await engine.step(begun, batchOf(3, 7), labels(3), [masks(0)], { ...still, decayBiases: false });
    expect(at(decayed.state.parameters)).toBeCloseTo(at(begun.parameters) * 0.75, 5);
    expect(at(spared.state.parameters)).toBeCloseTo(at(begun.parameters), 5);
  });
});
