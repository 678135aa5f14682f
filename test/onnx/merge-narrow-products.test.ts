import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/autodiff/differentiate.ts';
import { checkGraph } from '../../src/onnx/check-graph.ts';
import type { Graph, Value } from '../../src/onnx/graph.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { mergeNarrowProducts } from '../../src/onnx/rewrites/merge-narrow-products.ts';
import { add, gemm, multiply, reduce, unary } from '../../src/onnx/operators.ts';
import { stream } from '../../src/random/stream.ts';
import { runModel } from '../autodiff/run-graph.ts';

const shapes = { x: [5, 48], a: [3, 48], c: [2, 48], other: [5, 48], wide: [7, 48] } as const;
type Name = keyof typeof shapes;

const feeds = (Object.keys(shapes) as Name[]).map((name) => {
  const shape = [...shapes[name]];
  const count = shape.reduce((product, size) => product * size, 1);
  return { name, shape, data: Float32Array.from(stream(0, 'narrow', name).normals(count), (value) => value / 4) };
});

/** The second factor is made after the first product has been read: it has to move before the product of both. */
function graphOf(sharesInput: boolean, rows = 'batch·tokens'): { graph: Graph; a: Value; x: Value } {
  const b = new GraphBuilder();
  const input = (name: Name) => b.input(name, 'float', shapes[name]);
  const [a, c, wide] = [input('a'), input('c'), input('wide')];
  const [x, other] = [b.input('x', 'float', [rows, 48]), b.input('other', 'float', [rows, 48])];
  const first = unary(b, 'Tanh', gemm(b, x, a, { transB: true }));
  const factor = multiply(b, c, b.floats([2]));
  const second = unary(b, 'Tanh', gemm(b, sharesInput ? x : other, factor, { transB: true }));
  const broad = unary(b, 'Tanh', gemm(b, x, wide, { transB: true }));
  const sums = [first, second, broad].map((value) => reduce(b, 'ReduceSumSquare', value, [0, 1], 'drop'));
  const total = sums.reduce((sum, term) => add(b, sum, term));
  // The other input is read either way: all graphs have the same feeds.
  const loss = add(b, total, reduce(b, 'ReduceSum', other, [0, 1], 'drop'));
  return { graph: b.build('graph', [loss]), a, x };
}

async function lossAndGradients(graph: Graph, wanted: readonly Value[]): Promise<readonly Float32Array[]> {
  const b = GraphBuilder.following(graph, 'back_');
  const [loss] = graph.outputs;
  if (loss === undefined) throw new Error('a loss');
  const gradients = differentiate(b, loss, wanted).flatMap((gradient) => gradient ?? []);
  expect(gradients).toHaveLength(wanted.length);
  return runModel(b.build('all', [loss, ...gradients]), feeds);
}

describe('merging narrow products', () => {
  it('makes one product of those that share an input, with the same loss and gradients', async () => {
    const { graph, a, x } = graphOf(true);
    const merged = checkGraph(mergeNarrowProducts(graph));
    const gemms = merged.nodes.filter(({ operator }) => operator === 'Gemm');
    expect(gemms.map(({ outputs }) => outputs[0]?.shape)).toEqual([
      ['batch·tokens', 5],
      ['batch·tokens', 7],
    ]);
    const before = await lossAndGradients(graph, [a, x]);
    const after = await lossAndGradients(merged, [a, x]);
    after.forEach((values, output) => {
      // Sums of 48 products of one size, in another order.
      values.forEach((value, index) => expect(value).toBeCloseTo(before[output]?.[index] ?? Number.NaN, 5));
    });
  });

  it.each([
    ['of different inputs, and of more columns', false, 'batch·tokens'],
    ['of a table that all layers read', true, '2·tokens'],
  ])('leaves products %s as they are', (_, sharesInput, rows) => {
    const { graph } = graphOf(sharesInput, rows);
    expect(mergeNarrowProducts(graph)).toBe(graph);
  });
});
