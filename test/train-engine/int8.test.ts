import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import type { BasePrecision } from '../../src/sweep/vocabulary.ts';
import type { AdapterEngine, StepHyperparameters, TokenBatch } from '../../src/train/engine/adapter-engine.ts';
import { drawMasks } from '../../src/train/engine/masks/instance-masks.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { stepHyperparameters } from '../support/step-hyperparameters.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';

const folder = mkdtempSync(join(tmpdir(), 'dropsweep-int8-engine-'));
const open = (base_precision: BasePrecision, threads = 1) =>
  openAdapterEngine({
    modelFolder: folder,
    task: { kind: 'classification', label_names: ['no', 'yes', 'perhaps'] },
    adapter: { adapter: 'lora', rank: 4, alpha: 8, targets: ['all-linear'], base_precision },
    threads,
  });
let exact: AdapterEngine;
beforeAll(async () => {
  writeTinyModel(folder);
  exact = await open('float32');
});
afterAll(async () => {
  await exact.close();
  rmSync(folder, { recursive: true });
});

const hyperparameters: StepHyperparameters = { ...stepHyperparameters, sparsity: 0 };
const [rows, length] = [6, 9];
const labels = BigInt64Array.from({ length: rows }, (_, row) => BigInt(row % 3));

/** Rows from 1 on are drawn anew for each `others`. */
function batchOf(others = 0): TokenBatch {
  const first = stream(5, 'int8-test', 'first').integers(length, 15);
  const rest = stream(5, 'int8-test', 'rest', others).integers((rows - 1) * length, 15);
  return {
    rows,
    length,
    inputIds: BigInt64Array.from([...first, ...rest], (id) => BigInt(id + 2)),
    attentionMask: new BigInt64Array(rows * length).fill(1n),
    tokenTypeIds: new BigInt64Array(rows * length),
    samples: samplesInOrder(rows),
  };
}
const masks = (instance: number) => drawMasks(exact.layout, 0.5, (module) => stream(1, 'int8-test', instance, module));
function busyState() {
  const state = exact.initialState(3);
  const noise = stream(4, 'int8-test', 'parameters').normals(state.parameters.length);
  return { ...state, parameters: state.parameters.map((value, i) => value + 0.1 * (noise[i] ?? 0)) };
}

function alikeness(a: Float32Array, b: Float32Array): { readonly cosine: number; readonly norms: number } {
  const [left, right] = [Math.hypot(...a), Math.hypot(...b)];
  const product = a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  return { cosine: product / left / right, norms: right / left };
}

describe.each(['int8', 'int8_all'] as const)('a base in %s', (precision) => {
  it('gives the same bits for the same inputs, and with two threads', async () => {
    const run = async (threads: number) => {
      const engine = await open(precision, threads);
      const result = await engine.step(busyState(), batchOf(), labels, [masks(0), masks(1)], hyperparameters);
      await engine.close();
      return result;
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).toEqual(first);
  });

  it('gives a row the same logits whoever its neighbours are', async () => {
    const engine = await open(precision);
    const { parameters } = busyState();
    const before = await engine.logits(parameters, batchOf(0), masks(0), 1);
    const after = await engine.logits(parameters, batchOf(1), masks(0), 1);
    expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(after.slice(3)).not.toEqual(before.slice(3));
    await engine.close();
  });

  it('ends in a loss or gradient that is not finite where one activation is not, and keeps the state', async () => {
    const engine = await open(precision);
    for (const { name, offset } of exact.layout.tensors.filter((tensor) => tensor.name.endsWith('lora_B'))) {
      for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const state = busyState();
        state.parameters[offset + 5] = wrong;
        const result = await engine.step(state, batchOf(), labels, [masks(0), masks(1)], hyperparameters);
        expect(result.nonFinite, name).toBe(true);
        expect(result.state).toEqual(state);
      }
    }
    await engine.close();
  });
});

describe('gradients with a base in int8', () => {
  // Of 24 features and two layers: less averages out than in real models, for which bench/int8-gradients.ts measures.
  it('are near float32’s, tensor by tensor, after the same loss', async () => {
    const engine = await open('int8');
    const { parameters } = busyState();
    const expected = await exact.gradient(parameters, batchOf(), labels, masks(0));
    const got = await engine.gradient(parameters, batchOf(), labels, masks(0));
    await engine.close();
    expect(got.loss).toBe(expected.loss);
    for (const { name, offset, shape } of exact.layout.tensors) {
      const end = offset + shape.reduce((product, size) => product * size, 1);
      const { cosine, norms } = alikeness(expected.gradient.subarray(offset, end), got.gradient.subarray(offset, end));
      expect(cosine, name).toBeGreaterThan(0.995);
      expect(Math.abs(norms - 1), name).toBeLessThan(0.02);
    }
  });

  it('are within 10 % as a whole where the forward pass is int8 too', async () => {
    const engine = await open('int8_all');
    const { parameters } = busyState();
    const expected = await exact.gradient(parameters, batchOf(), labels, masks(0));
    const got = await engine.gradient(parameters, batchOf(), labels, masks(0));
    await engine.close();
    expect(got.loss).toBeCloseTo(expected.loss, 1);
    const { cosine, norms } = alikeness(expected.gradient, got.gradient);
    expect(cosine).toBeGreaterThan(0.98);
    expect(Math.abs(norms - 1)).toBeLessThan(0.1);
  });
});
