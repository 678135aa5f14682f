import { describe, expect, it } from 'vitest';
import { initialA } from '../../src/adapters/lora/initial-values.ts';
import { addLoraUpdate } from '../../src/adapters/lora/linear.ts';
import { sumOfSquaredUpdates } from '../../src/adapters/lora/sparsity.ts';
import type { Value } from '../../src/onnx/graph.ts';
import { stream } from '../../src/random/stream.ts';
import { runGraph } from '../autodiff/run-graph.ts';

const [tokens, inFeatures, outFeatures, rank] = [3, 5, 4, 2];
const draw = (name: string, count: number) => Float32Array.from(stream(3, 'lora-test', name).normals(count));
const at = (data: Float32Array, columns: number, row: number, column: number) => data[row * columns + column] ?? 0;

describe('a LoRA Dropout update', () => {
  it('is s · m_B ∘ (B (A (m_A ∘ x))), the same masks for every token', async () => {
    const feeds = [
      { name: 'x', shape: [tokens, inFeatures], data: draw('x', tokens * inFeatures) },
      { name: 'y', shape: [tokens, outFeatures], data: draw('y', tokens * outFeatures) },
      { name: 'a', shape: [rank, inFeatures], data: draw('a', rank * inFeatures) },
      { name: 'b', shape: [outFeatures, rank], data: draw('b', outFeatures * rank) },
      { name: 'ma', shape: [inFeatures], data: Float32Array.of(1, 0, 1, 1, 0) },
      { name: 'mb', shape: [outFeatures], data: Float32Array.of(0, 1, 1, 0) },
    ] as const;
    const [result = new Float32Array()] = await runGraph(feeds, (builder, inputs) => {
      const [x, y, a, b, input, output] = inputs as [Value, Value, Value, Value, Value, Value];
      return [addLoraUpdate(builder, x, y, { a, b }, { input, output }, builder.floats([1.5]))];
    });
    const [x, y, a, b, ma, mb] = feeds.map((feed) => feed.data);
    if (!x || !y || !a || !b || !ma || !mb) throw new Error('six feeds');
    for (let token = 0; token < tokens; token += 1) {
      for (let out = 0; out < outFeatures; out += 1) {
        let update = 0;
        for (let r = 0; r < rank; r += 1) {
          let hidden = 0;
          for (let i = 0; i < inFeatures; i += 1)
            hidden += at(a, inFeatures, r, i) * (ma[i] ?? 0) * at(x, inFeatures, token, i);
          update += at(b, rank, out, r) * hidden;
        }
        const expected = at(y, outFeatures, token, out) + 1.5 * (mb[out] ?? 0) * update;
        expect(at(result, outFeatures, token, out)).toBeCloseTo(expected, 5);
      }
    }
  });

  it('has the squared norm that its r × r products give', async () => {
    const feeds = [
      { name: 'a', shape: [rank, inFeatures], data: draw('a2', rank * inFeatures) },
      { name: 'b', shape: [outFeatures, rank], data: draw('b2', outFeatures * rank) },
    ] as const;
    const [result] = await runGraph(feeds, (builder, inputs) => {
      const [a, b] = inputs as [Value, Value];
      return [sumOfSquaredUpdates(builder, [{ a, b }], 2)];
    });
    let expected = 0;
    for (let out = 0; out < outFeatures; out += 1) {
      for (let i = 0; i < inFeatures; i += 1) {
        let entry = 0;
        for (let r = 0; r < rank; r += 1)
          entry += at(feeds[1].data, rank, out, r) * at(feeds[0].data, inFeatures, r, i);
        expected += (2 * entry) ** 2;
      }
    }
    expect(result?.[0]).toBeCloseTo(expected, 3);
  });

  it('begins with A uniform in ±1/√in, by seed and module', () => {
    const values = initialA(1, 'layer.query', 8, 64);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1 / 8);
    expect(values).toEqual(initialA(1, 'layer.query', 8, 64));
    expect(values).not.toEqual(initialA(1, 'layer.key', 8, 64));
    expect(values).not.toEqual(initialA(2, 'layer.query', 8, 64));
  });
});
