import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import type { BasePrecision } from '../../src/sweep/vocabulary.ts';
import type {
  AdapterEngine,
  StepHyperparameters,
  TokenBatch,
  TrainingState,
} from '../../src/train/engine/adapter-engine.ts';
import { drawMasks } from '../../src/train/engine/masks/instance-masks.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';
import { stepHyperparameters } from '../support/step-hyperparameters.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'dropsweep-float16-engine-'));
const open = (base_precision: BasePrecision, threads = 1) =>
  openAdapterEngine({
    modelFolder: folder,
    task: { kind: 'classification', label_names: ['no', 'yes', 'perhaps'] },
    adapter: { adapter: 'lora', rank: 4, alpha: 8, targets: ['all-linear'], base_precision },
    threads,
  });
let exact: AdapterEngine;
let half: AdapterEngine;
beforeAll(async () => {
  writeTinyModel(folder);
  exact = await open('float32');
  half = await open('float16');
});
afterAll(async () => {
  await exact.close();
  await half.close();
  rmSync(folder, { recursive: true });
});

const hyperparameters: StepHyperparameters = { ...stepHyperparameters, sparsity: 0, clipNorm: null };
const [rows, length] = [8, 9];
const labels = BigInt64Array.from({ length: rows }, (_, row) => BigInt(row % 3));
const batch: TokenBatch = {
  rows,
  length,
  inputIds: BigInt64Array.from(stream(5, 'float16-test').integers(rows * length, 15), (id) => BigInt(id + 2)),
  attentionMask: new BigInt64Array(rows * length).fill(1n),
  tokenTypeIds: new BigInt64Array(rows * length),
  samples: samplesInOrder(rows),
};
const masks = (instance: number) =>
  drawMasks(exact.layout, 0.5, (module) => stream(1, 'float16-test', instance, module));

/** @param headFactor what the head's weights are multiplied by: the gradient that reaches the base is, too */
function stateAt(scale: number, headFactor = 1): TrainingState {
  const state = exact.initialState(3);
  const noise = stream(4, 'float16-test', 'parameters').normals(state.parameters.length);
  const parameters = state.parameters.map((value, i) => value + 0.1 * (noise[i] ?? 0));
  for (const { name, offset, shape } of exact.layout.tensors.filter(
    (tensor) => tensor.name === 'head.classifier.weight',
  )) {
    const end = offset + shape.reduce((product, size) => product * size, 1);
    expect(name).toBe('head.classifier.weight');
    parameters.set(
      parameters.subarray(offset, end).map((value) => value * headFactor),
      offset,
    );
  }
  return { ...state, parameters, lossScale: { scale, goodSteps: 0 } };
}

/** The gradient that the optimiser saw: with no past, the first moment is (1 − β1) of it. */
async function gradientOf(engine: AdapterEngine, state: TrainingState): Promise<Float32Array> {
  const { state: after, nonFinite } = await engine.step(state, batch, labels, [masks(0)], hyperparameters);
  expect(nonFinite).toBe(false);
  return after.firstMoment;
}

/** Of the adapters' tensors: the head's own gradient goes through no product in float16. */
function adapterErrors(got: Float32Array, expected: Float32Array, part = ''): number[] {
  return exact.layout.tensors
    .filter(({ name }) => !name.startsWith('head.') && name.includes(part))
    .map(({ offset, shape }) => {
      const end = offset + shape.reduce((product, size) => product * size, 1);
      const [own, other] = [got.subarray(offset, end), expected.subarray(offset, end)];
      return Math.hypot(...own.map((value, i) => value - (other[i] ?? 0))) / Math.hypot(...other);
    });
}

/** float16 rounds by 5e-4 at most at each of the linears' ends, of which a gradient here passes up to twenty. */
const tolerance = 0.01;

describe('a base in float16', () => {
  it('gives gradients near float32’s, tensor by tensor, whatever the scale that nothing overflows at', async () => {
    const expected = await gradientOf(exact, stateAt(1));
    for (const scale of [1, 2 ** 10]) {
      for (const error of adapterErrors(await gradientOf(half, stateAt(scale)), expected)) {
        expect(error).toBeLessThan(tolerance);
        expect(error).toBeGreaterThan(0);
      }
    }
  });

  it('loses gradients that are small, and with a scaled loss it does not', async () => {
    // What reaches the base is around 1e-10, much less than half of float16's smallest number, 6e-8. Queries, keys and
    // values have a linear behind them; past some others a gradient goes by residual sums, in float32, too.
    const expected = await gradientOf(exact, stateAt(1, 1e-9));
    for (const error of adapterErrors(await gradientOf(half, stateAt(1, 1e-9)), expected, '.self.')) {
      expect(error).toBeGreaterThan(0.9);
    }
    const scaled = adapterErrors(await gradientOf(half, stateAt(2 ** 24, 1e-9)), expected);
    for (const error of scaled) expect(error).toBeLessThan(tolerance);
  });

  it('says that a gradient overflowed while the loss did not, and keeps the state', async () => {
    const state = stateAt(2 ** 24, 100);
    const result = await half.step(state, batch, labels, [masks(0)], hyperparameters);
    expect(result.nonFinite).toBe(true);
    expect(Number.isFinite(result.loss)).toBe(true);
    expect(result.state.parameters).toEqual(state.parameters);
    expect(result.state.step).toBe(state.step);
  });

  it('finds a scale of its own for a gradient by itself', async () => {
    const { parameters } = stateAt(1, 100);
    const got = await half.gradient(parameters, batch, labels, masks(0));
    const expected = await exact.gradient(parameters, batch, labels, masks(0));
    for (const error of adapterErrors(got.gradient, expected.gradient)) expect(error).toBeLessThan(tolerance);
  });

  it('gives the same bits for the same inputs, and with two threads', async () => {
    const run = async (threads: number) => {
      const engine = await open('float16', threads);
      const result = await engine.step(stateAt(2 ** 8), batch, labels, [masks(0), masks(1)], hyperparameters);
      await engine.close();
      return result;
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).toEqual(first);
  });

  it('steps trainings of different scales in packs and in turn as each alone, the one that overflows too', async () => {
    const trainings = [2 ** 4, 2 ** 9, 2 ** 24].map((scale, training) => ({
      state: stateAt(scale, scale === 2 ** 24 ? 100 : 1),
      instances: [masks(training), masks(training + 1)],
      hyperparameters,
    }));
    const alone = [];
    for (const { state, instances } of trainings) {
      alone.push(await half.step(state, batch, labels, instances, hyperparameters));
    }
    expect(alone.map(({ nonFinite }) => nonFinite)).toEqual([false, false, true]);
    for (const pack of [1, 2, 3, 6]) expect(await half.stepTogether(trainings, batch, labels, pack)).toEqual(alone);
  });

  it('leaves no loss scale in a state of another precision', () => {
    expect(half.initialState(0).lossScale).toEqual({ scale: 65_536, goodSteps: 0 });
    expect(exact.initialState(0)).not.toHaveProperty('lossScale');
  });
});
