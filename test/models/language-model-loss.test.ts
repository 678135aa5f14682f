import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/autodiff/differentiate.ts';
import { languageModelLoss } from '../../src/models/heads/language-model-loss.ts';
import type { Value } from '../../src/onnx/graph.ts';
import type { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { gemm, multiply, reduce, softmax, unary } from '../../src/onnx/operators.ts';
import { stream } from '../../src/random/stream.ts';
import { runGraph } from '../autodiff/run-graph.ts';

const [batch, tokens, hidden, vocabulary] = [3, 5, 7, 11];
const draw = (name: string, count: number) => Float32Array.from(stream(3, 'language-model-loss', name).normals(count));
const feeds = [
  { name: 'hidden', shape: [batch * tokens, hidden], data: draw('hidden', batch * tokens * hidden) },
  { name: 'projection', shape: [vocabulary, hidden], data: draw('projection', vocabulary * hidden) },
];
// The first of each row is nobody's next token, so whatever stands there counts for nothing.
const labels = [10, -100, 3, 0, 9, -100, 7, -100, -100, -100, 4, 1, 2, 10, -100];

/** Written out: the scores of all rows at once, each row's next label as a one-hot, and the walk back. */
function plainly(b: GraphBuilder, x: Value, projection: Value): { readonly loss: Value; readonly gradient: Value } {
  const next = labels.map((_, at) => ((at + 1) % tokens === 0 ? -100 : (labels[at + 1] ?? -100)));
  const counted = next.filter((label) => label >= 0).length;
  const weights = next.flatMap((label) =>
    Array.from({ length: vocabulary }, (_, word) => (word === label ? -1 / counted : 0)),
  );
  const scores = softmax(b, gemm(b, x, projection, { transB: true }), 'LogSoftmax');
  const loss = reduce(
    b,
    'ReduceSum',
    multiply(b, scores, b.floats(weights, [next.length, vocabulary])),
    [0, 1],
    'drop',
  );
  const [gradient] = differentiate(b, loss, [x]);
  return { loss, gradient: gradient ?? x };
}

const valuesOf = async (build: (b: GraphBuilder, x: Value, projection: Value) => { loss: Value; gradient: Value }) => {
  const [loss, gradient] = await runGraph(feeds, (b, [x, projection]) => {
    if (x === undefined || projection === undefined) throw new Error('two inputs');
    const built = build(b, x, projection);
    return [built.loss, unary(b, 'Identity', built.gradient)];
  });
  return { loss: loss?.[0] ?? Number.NaN, gradient: gradient ?? new Float32Array() };
};

describe('the loss of a language model', () => {
  it.each([1, 4, 7, 14, 15, 1000])('is the same in chunks of at most %i rows', async (rows) => {
    const expected = await valuesOf(plainly);
    const got = await valuesOf((b, x, w) => languageModelLoss(b, x, w, b.int64s(labels, [batch, tokens]), rows));
    expect(got.loss).toBeCloseTo(expected.loss, 5);
    expect(got.gradient).toHaveLength(expected.gradient.length);
    got.gradient.forEach((value, at) => expect(value).toBeCloseTo(expected.gradient[at] ?? Number.NaN, 6));
  });

  it('gives rows that count for nothing an exact zero', async () => {
    const { gradient } = await valuesOf((b, x, w) => languageModelLoss(b, x, w, b.int64s(labels, [batch, tokens]), 4));
    for (const row of [0, 4, 6, 7, 8, 9, 13, 14]) {
      const part = gradient.subarray(row * hidden, (row + 1) * hidden);
      expect(part.every((value) => Math.abs(value) === 0)).toBe(true);
    }
  });

  it('is zero, not undefined, where no label counts', async () => {
    const none = labels.map(() => -100);
    const got = await valuesOf((b, x, w) => languageModelLoss(b, x, w, b.int64s(none, [batch, tokens]), 4));
    expect(Math.abs(got.loss)).toBe(0);
    expect(got.gradient.every((value) => Math.abs(value) === 0)).toBe(true);
  });
});
