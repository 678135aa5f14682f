import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import type { HeadShape } from '../../src/sweep/vocabulary.ts';
import type { AdapterEngine, TokenBatch } from '../../src/train/engine/adapter-engine.ts';
import { microBatches } from '../../src/train/engine/passes/micro-batches.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { relativeError } from '../conformance/read-case.ts';
import { stepHyperparameters } from '../support/step-hyperparameters.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';

const folder = mkdtempSync(join(tmpdir(), 'dropsweep-heads-'));
beforeAll(() => writeTinyModel(folder));
afterAll(() => rmSync(folder, { recursive: true }));

async function withEngine<T>(head: HeadShape, use: (engine: AdapterEngine) => Promise<T>): Promise<T> {
  const engine = await openAdapterEngine({
    modelFolder: folder,
    task: { kind: 'classification', label_names: ['no', 'yes', 'perhaps'] },
    adapter: { adapter: 'lora', rank: 4, alpha: 8, targets: ['all-linear'] },
    head,
    threads: 1,
  });
  const result = await use(engine);
  await engine.close();
  return result;
}

const length = 6;
const rows = 5;
/** @param padding columns of padding after the tokens */
function batchOf(padding = 0): TokenBatch {
  const ids = stream(5, 'heads-test', 'ids').integers(rows * length, 15);
  const wide = length + padding;
  const data = (value: (row: number, column: number) => bigint) =>
    BigInt64Array.from({ length: rows * wide }, (_, i) => {
      const column = i % wide;
      return column < length ? value(Math.floor(i / wide), column) : 0n;
    });
  return {
    rows,
    length: wide,
    inputIds: data((row, column) => BigInt((ids[row * length + column] ?? 0) + 2)),
    attentionMask: data(() => 1n),
    tokenTypeIds: data(() => 0n),
    samples: samplesInOrder(rows),
  };
}
const labels = BigInt64Array.of(0n, 1n, 2n, 1n, 0n);
const busy = (engine: AdapterEngine) => {
  const state = engine.initialState(3);
  const noise = stream(4, 'heads-test', 'parameters').normals(state.parameters.length);
  return { ...state, parameters: state.parameters.map((value, i) => value + 0.1 * (noise[i] ?? 0)) };
};

/** The slope of the loss along the gradient itself, by central differences. */
async function measuredSlope(engine: AdapterEngine, parameters: Float32Array, gradient: Float32Array): Promise<number> {
  const norm = Math.hypot(...gradient);
  const step = 1e-2;
  const lossAt = async (sign: number) => {
    const moved = parameters.map((value, i) => value + (sign * step * (gradient[i] ?? 0)) / norm);
    return (await engine.gradient(moved, batchOf(), labels, null)).loss;
  };
  return ((await lossAt(1)) - (await lossAt(-1))) / (2 * step);
}

describe('label smoothing', () => {
  it('is that of torch: a share of each target spread over all classes', async () => {
    const smoothing = 0.3;
    const { parameters, logits } = await withEngine({}, async (engine) => {
      const { parameters: own } = busy(engine);
      return { parameters: own, logits: await engine.logits(own, batchOf(), null, 1) };
    });
    let expected = 0;
    for (let row = 0; row < rows; row += 1) {
      const scores = [...logits.subarray(3 * row, 3 * row + 3)];
      const logTotal = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));
      scores.forEach((score, label) => {
        const target = smoothing / 3 + (BigInt(label) === labels[row] ? 1 - smoothing : 0);
        expected += (target * (logTotal - score)) / rows;
      });
    }
    await withEngine({ label_smoothing: smoothing }, async (engine) => {
      const { loss, gradient } = await engine.gradient(parameters, batchOf(), labels, null);
      expect(loss).toBeCloseTo(expected, 5);
      expect(await measuredSlope(engine, parameters, gradient)).toBeCloseTo(Math.hypot(...gradient), 2);
    });
  });
});

describe('a mean-pooled head', () => {
  it('reads every token that is no padding, and nothing of the padding', async () => {
    await withEngine({ pooling: 'mean' }, async (engine) => {
      const { parameters } = busy(engine);
      const plain = await engine.logits(parameters, batchOf(), null, 1);
      const padded = await engine.logits(parameters, batchOf(3), null, 1);
      expect(relativeError(padded, plain)).toBeLessThan(1e-6);
      const { gradient } = await engine.gradient(parameters, batchOf(), labels, null);
      expect(await measuredSlope(engine, parameters, gradient)).toBeCloseTo(Math.hypot(...gradient), 2);
    });
  });

  it('is another head than the first token’s', async () => {
    const of = (head: HeadShape) =>
      withEngine(head, (engine) => engine.logits(busy(engine).parameters, batchOf(), null, 1));
    expect(relativeError(await of({ pooling: 'mean' }), await of({}))).toBeGreaterThan(0.01);
  });
});

describe('micro-batches', () => {
  it('of any size give the step of the whole batch within 1e-6', async () => {
    await withEngine({}, async (engine) => {
      const masks = {
        input: new Float32Array(engine.layout.modules.reduce((sum, module) => sum + module.inFeatures, 0)).fill(1),
        output: new Float32Array(engine.layout.modules.reduce((sum, module) => sum + module.outFeatures, 0)).fill(1),
      };
      const step = (microBatchRows: number | null) =>
        engine.step(busy(engine), batchOf(), labels, [masks], { ...stepHyperparameters, microBatchRows });
      const whole = await step(null);
      for (const size of [1, 2, 3]) {
        const split = await step(size);
        expect(relativeError(split.state.firstMoment, whole.state.firstMoment), `rows ${size}`).toBeLessThan(1e-6);
        expect(split.loss).toBeCloseTo(whole.loss, 6);
      }
      expect((await step(rows)).state).toEqual(whole.state);
    });
  });

  it('of tokens count by their labels, not by their rows', () => {
    const batch = { ...batchOf(), rows: 2, length: 3 };
    const tokenLabels = BigInt64Array.of(5n, 6n, 7n, -100n, -100n, 8n);
    expect(microBatches(batch, tokenLabels, 1, true).map((part) => part.share)).toEqual([2 / 3, 1 / 3]);
    expect(microBatches(batch, BigInt64Array.of(0n, 1n), 1, false).map((part) => part.share)).toEqual([0.5, 0.5]);
  });
});
