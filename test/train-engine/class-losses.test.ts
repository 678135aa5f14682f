import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import type { TaskShape } from '../../src/sweep/vocabulary.ts';
import type { AdapterEngine, BatchLabels, TokenBatch } from '../../src/train/engine/adapter-engine.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'dropsweep-losses-'));
beforeAll(() => writeTinyModel(folder));
afterAll(() => rmSync(folder, { recursive: true }));

const names = ['a', 'b', 'c'];
const rows = 5;
const length = 4;
const ids = stream(7, 'losses-test', 'ids').integers(rows * length, 15);
const batch: TokenBatch = {
  rows,
  length,
  inputIds: BigInt64Array.from(ids, (id) => BigInt(id + 2)),
  attentionMask: new BigInt64Array(rows * length).fill(1n),
  tokenTypeIds: new BigInt64Array(rows * length),
  samples: samplesInOrder(rows),
};

interface Tried {
  readonly logits: Float32Array;
  readonly loss: number;
  readonly slope: number;
  readonly norm: number;
}

/** Loss and gradient at noisy parameters, with the slope along the gradient by central differences. */
async function tried(task: TaskShape, smoothing: number, labels: BatchLabels): Promise<Tried> {
  const engine: AdapterEngine = await openAdapterEngine({
    modelFolder: folder,
    task,
    adapter: { adapter: 'lora', rank: 4, alpha: 8, targets: ['all-linear'] },
    head: smoothing === 0 ? {} : { label_smoothing: smoothing },
    threads: 1,
  });
  const state = engine.initialState(3);
  const noise = stream(4, 'losses-test', 'parameters').normals(state.parameters.length);
  const parameters = state.parameters.map((value, i) => value + 0.1 * (noise[i] ?? 0));
  const { loss, gradient } = await engine.gradient(parameters, batch, labels, null);
  const norm = Math.hypot(...gradient);
  const step = 1e-2;
  const lossAt = async (sign: number): Promise<number> => {
    const moved = parameters.map((value, i) => value + (sign * step * (gradient[i] ?? 0)) / norm);
    return (await engine.gradient(moved, batch, labels, null)).loss;
  };
  const slope = ((await lossAt(1)) - (await lossAt(-1))) / (2 * step);
  const logits = await engine.logits(parameters, batch, null, 1);
  await engine.close();
  return { logits, loss, slope, norm };
}

describe.each([0, 0.3])('with label smoothing of %d', (smoothing) => {
  it('the loss of label sets is torch’s binary cross-entropy with logits, mean over rows and labels', async () => {
    const labels = Float32Array.from(stream(1, 'losses-test', 'labels').integers(rows * 3, 2));
    const task = { kind: 'multi-label-classification', label_names: names };
    const { logits, loss, slope, norm } = await tried(task, smoothing, labels);
    const terms = Array.from(logits, (logit, i) => {
      const target = (1 - smoothing) * (labels[i] ?? 0) + smoothing / 2;
      const p = 1 / (1 + Math.exp(-logit));
      return -(target * Math.log(p) + (1 - target) * Math.log(1 - p));
    });
    expect(loss).toBeCloseTo(terms.reduce((sum, term) => sum + term, 0) / terms.length, 5);
    // The slope is that of float32 losses over a finite step.
    expect(slope).toBeCloseTo(norm, 2);
  });

  it('class weights scale each row’s cross-entropy by the weight of its class, over the rows', async () => {
    const labels = BigInt64Array.of(0n, 1n, 2n, 1n, 0n);
    const weights = [0.5, 3, 1.25];
    const task = { kind: 'classification', label_names: names, settings: { class_weights: weights } };
    const { logits, loss, slope, norm } = await tried(task, smoothing, labels);
    let expected = 0;
    for (let row = 0; row < rows; row += 1) {
      const scores = [...logits.subarray(3 * row, 3 * row + 3)];
      const total = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));
      const label = Number(labels[row]);
      const nll = scores.reduce((sum, score, i) => {
        const target = smoothing / 3 + (i === label ? 1 - smoothing : 0);
        return sum + target * (total - score);
      }, 0);
      expected += ((weights[label] ?? 0) * nll) / rows;
    }
    expect(loss).toBeCloseTo(expected, 5);
    expect(slope).toBeCloseTo(norm, 2);
  });
});
