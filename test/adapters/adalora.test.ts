import { describe, expect, it } from 'vitest';
import { adaloraMethod } from '../../src/adapters/adalora/method.ts';
import { meanRank, rankBudget } from '../../src/adapters/adalora/rank-allocator.ts';
import { orthogonalityPenalty } from '../../src/adapters/adalora/orthogonality.ts';
import { updateScale } from '../../src/adapters/update-scale.ts';
import type { Value } from '../../src/onnx/graph.ts';
import { stream } from '../../src/random/stream.ts';
import { runGraph } from '../autodiff/run-graph.ts';

const [inFeatures, outFeatures, rank] = [5, 4, 3];
const draw = (name: string, count: number) => Float32Array.from(stream(3, 'adalora-test', name).normals(count));
const feeds = [
  { name: 'x', shape: [2, inFeatures], data: draw('x', 2 * inFeatures) },
  { name: 'lora_A', shape: [rank, inFeatures], data: draw('q', rank * inFeatures) },
  { name: 'lora_B', shape: [outFeatures, rank], data: draw('p', outFeatures * rank) },
  { name: 'lora_E', shape: [rank, 1], data: draw('e', rank) },
] as const;
const dataOf = (name: string) => feeds.find((feed) => feed.name === name)?.data ?? new Float32Array();
const partOf = (inputs: readonly Value[]) => (part: string) => {
  const found = inputs.find((input) => input.name === part);
  if (found === undefined) throw new Error(`no ${part}`);
  return found;
};

describe('an AdaLoRA update', () => {
  it('is s · m_P ∘ (P (Λ (Q (m_Q ∘ x))))', async () => {
    const input = [1, 0, 1, 1, 0];
    const output = [0, 1, 1, 1];
    const [result = new Float32Array()] = await runGraph(feeds, (b, inputs) => {
      const masks = { input: b.floats(input), output: b.floats(output) };
      const y = b.floats(
        Array.from({ length: 2 * outFeatures }, () => 0.5),
        [2, outFeatures],
      );
      return [adaloraMethod.addUpdate(b, partOf(inputs)('x'), y, partOf(inputs), masks, b.floats([1.5]))];
    });
    const [x, q, p, e] = feeds.map((feed) => (index: number) => feed.data[index] ?? 0);
    if (!x || !q || !p || !e) throw new Error('four feeds');
    for (let token = 0; token < 2; token += 1) {
      for (let out = 0; out < outFeatures; out += 1) {
        let update = 0;
        for (let r = 0; r < rank; r += 1)
          for (let i = 0; i < inFeatures; i += 1)
            update += p(out * rank + r) * e(r) * q(r * inFeatures + i) * (input[i] ?? 0) * x(token * inFeatures + i);
        expect(result[token * outFeatures + out]).toBeCloseTo(0.5 + 1.5 * (output[out] ?? 0) * update, 5);
      }
    }
  });

  it('is penalised for what its P and Q lack of being orthogonal', async () => {
    const [result] = await runGraph(feeds, (b, inputs) => [orthogonalityPenalty(b, [partOf(inputs)])]);
    const [q, p] = [dataOf('lora_A'), dataOf('lora_B')];
    let expected = 0;
    for (let row = 0; row < rank; row += 1) {
      for (let column = 0; column < rank; column += 1) {
        const identity = row === column ? 1 : 0;
        let [inner, outer] = [-identity, -identity];
        for (let i = 0; i < inFeatures; i += 1)
          inner += (q[row * inFeatures + i] ?? 0) * (q[column * inFeatures + i] ?? 0);
        for (let o = 0; o < outFeatures; o += 1) outer += (p[o * rank + row] ?? 0) * (p[o * rank + column] ?? 0);
        expected += inner ** 2 + outer ** 2;
      }
    }
    expect((result?.[0] ?? 0) / expected).toBeCloseTo(1, 5);
  });

  it('begins at zero: Λ is, while P and Q are normal with deviation 0.02', () => {
    const begin = (name: string, shape: readonly number[]) => {
      const part = adaloraMethod.parts.find((one) => one.name === name);
      return part?.initial(1, 'layer.query', shape) ?? new Float32Array();
    };
    expect(begin('lora_E', [rank, 1])).toEqual(new Float32Array(rank));
    for (const values of [begin('lora_A', [64, 32]), begin('lora_B', [32, 64])]) {
      const square = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
      expect(Math.sqrt(square) / 0.02).toBeCloseTo(1, 1);
    }
    expect(begin('lora_A', [64, 32])).not.toEqual(begin('lora_B', [64, 32]));
  });
});

it('is scaled by alpha / rank, or by alpha / √rank', () => {
  expect(updateScale({ alpha: 8, rank: 4 })).toBe(2);
  expect(updateScale({ alpha: 8, rank: 4, scaling: 'standard' })).toBe(2);
  expect(updateScale({ alpha: 8, rank: 4, scaling: 'rank_stabilized' })).toBe(4);
});

it('has the mean rank that its last ranking left, at every step of a rung', () => {
  const linears = 200;
  const places = Array.from({ length: linears }, () => ({
    rank: 12,
    inFeatures: 1,
    outFeatures: 1,
    q: 0,
    p: 0,
    lambda: 0,
  }));
  const schedule = {
    ...{ totalSteps: 100, warmupSteps: 10, finalSteps: 50, interval: 7, targetRank: 8 },
    ...{ sensitivitySmoothing: 0.85, uncertaintySmoothing: 0.85 },
  };
  let kept = 12;
  expect(meanRank(schedule, 12, 0)).toBe(12);
  for (let step = 0; step < schedule.totalSteps; step += 1) {
    const { budget, ranks } = rankBudget(schedule, places, step);
    if (ranks) kept = budget / linears;
    expect(Math.abs(meanRank(schedule, 12, step + 1) - kept), `step ${step}`).toBeLessThan(1 / linears);
  }
  expect(kept).toBe(8);
});
