import { describe, expect, it } from 'vitest';
import { checkGraph } from '../../src/onnx/check-graph.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { add, gemm, multiply, unary } from '../../src/onnx/operators.ts';
import { partShared } from '../../src/onnx/parts/part-shared.ts';
import { runModel } from '../autodiff/run-graph.ts';

const b = new GraphBuilder();
const [x, mask] = [b.input('x', 'float', [2, 3]), b.input('mask', 'float', [3])];
const embedded = unary(b, 'Tanh', x);
const graph = b.build('step', [
  add(b, gemm(b, multiply(b, embedded, mask), embedded, { transB: true }), b.floats([1])),
  embedded,
]);

describe('partShared', () => {
  it('leaves to the runs what a differing input reaches, and computes the rest once', () => {
    const { shared, own } = partShared(graph, new Set(['mask']));
    expect(shared.nodes.map(({ operator }) => operator)).toEqual(['Tanh']);
    expect(own.nodes.map(({ operator }) => operator)).toEqual(['Mul', 'Gemm', 'Add']);
    expect(shared.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(own.inputs.map(({ name }) => name)).toEqual(['mask', embedded.name]);
    for (const part of [shared, own]) checkGraph(part);
  });

  it('gives the outputs of the whole, an output that is shared among them', async () => {
    const { shared, own } = partShared(graph, new Set(['mask']));
    const feeds = {
      x: { name: 'x', shape: [2, 3], data: Float32Array.of(1, -2, 3, -0.5, 0.25, 2) },
      mask: { name: 'mask', shape: [3], data: Float32Array.of(1, 0, 1) },
    };
    const whole = await runModel(graph, [feeds.x, feeds.mask]);
    const [made = new Float32Array()] = await runModel(shared, [feeds.x]);
    expect(await runModel(own, [feeds.mask, { name: embedded.name, shape: [2, 3], data: made }])).toEqual(whole);
  });
});
