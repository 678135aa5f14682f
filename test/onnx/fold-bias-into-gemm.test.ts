import { describe, expect, it } from 'vitest';
import { foldBiasIntoGemm } from '../../src/onnx/rewrites/fold-bias-into-gemm.ts';
import type { Graph } from '../../src/onnx/graph.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { gemm, unary } from '../../src/onnx/operators.ts';
import { stream } from '../../src/random/stream.ts';
import { runModel } from '../autodiff/run-graph.ts';

const rows = 5;
const shapes = { x: [rows, 7], w: [6, 7], bias: [6], h: [rows, 3], factor: [6, 3], turned: [3, 6] } as const;
type Name = keyof typeof shapes;

function feeds() {
  return (Object.keys(shapes) as Name[]).map((name) => {
    const shape = [...shapes[name]];
    const count = shape.reduce((product, size) => product * size, 1);
    return { name, shape, data: Float32Array.from(stream(0, 'bias', name).normals(count)) };
  });
}

function graphOf(factor: 'factor' | 'turned', readTwice: boolean): Graph {
  const b = new GraphBuilder();
  const input = (name: Name) =>
    b.input(name, 'float', ['x', 'h'].includes(name) ? ['rows', ...shapes[name].slice(1)] : shapes[name]);
  const [x, w, bias, h, plain, turned] = [
    input('x'),
    input('w'),
    input('bias'),
    input('h'),
    input('factor'),
    input('turned'),
  ];
  const linear = gemm(b, x, w, { transB: true, c: bias });
  const sum = gemm(b, h, factor === 'factor' ? plain : turned, { transB: factor === 'factor', c: linear });
  return b.build('graph', readTwice ? [sum, unary(b, 'Tanh', linear)] : [sum]);
}

describe('folding a bias into a short product', () => {
  it.each(['factor', 'turned'] as const)('gives the same sum, with the %s as it lies', async (factor) => {
    const graph = graphOf(factor, false);
    const folded = foldBiasIntoGemm(graph);
    const gemms = folded.nodes.filter(({ operator }) => operator === 'Gemm');
    expect(gemms.map(({ inputs }) => inputs.length)).toEqual([2, 3]);
    const [[before = []], [after = []]] = [await runModel(graph, feeds()), await runModel(folded, feeds())];
    // Three addends in another order: some units in the last place of numbers around 5.
    Array.from(after).forEach((value, index) => expect(Math.abs(value - (before[index] ?? 0))).toBeLessThan(4e-6));
  });

  it('leaves a linear alone that somebody else reads', () => {
    const graph = graphOf('factor', true);
    expect(foldBiasIntoGemm(graph).nodes).toEqual(graph.nodes);
  });
});
