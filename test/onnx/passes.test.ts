import { describe, expect, it } from 'vitest';
import { checkGraph } from '../../src/onnx/check-graph.ts';
import { foldSumIntoGemm } from '../../src/onnx/fold-sum-into-gemm.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { keepNeeded } from '../../src/onnx/keep-needed.ts';
import { add, gemm, multiply, unary } from '../../src/onnx/operators.ts';

const operators = (graph: { nodes: readonly { operator: string }[] }) => graph.nodes.map((node) => node.operator);

function productAndSum(readTwice: boolean) {
  const b = new GraphBuilder();
  const [x, w, c] = [b.input('x', 'float', [3, 5]), b.input('w', 'float', [5, 4]), b.input('c', 'float', [3, 4])];
  const product = gemm(b, x, w);
  const sum = add(b, c, product);
  return b.build('graph', readTwice ? [sum, product] : [sum]);
}

describe('folding sums into products', () => {
  it('makes a sum the addend of a product that nobody else reads', () => {
    const folded = checkGraph(foldSumIntoGemm(productAndSum(false)));
    expect(operators(folded)).toEqual(['Gemm']);
    expect(folded.nodes[0]?.inputs.map((input) => input?.name)).toEqual(['x', 'w', 'c']);
  });

  it('leaves a product alone that is read elsewhere, or whose addend is repeated', () => {
    expect(operators(foldSumIntoGemm(productAndSum(true)))).toEqual(['Gemm', 'Add']);
    const b = new GraphBuilder();
    const product = gemm(b, b.input('x', 'float', [3, 5]), b.input('w', 'float', [5, 4]));
    const graph = b.build('graph', [add(b, product, b.input('c', 'float', [4]))]);
    expect(operators(foldSumIntoGemm(graph))).toEqual(['Gemm', 'Add']);
  });
});

describe('keeping what is needed', () => {
  it('drops nodes and constants that no output needs', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float', [3]);
    const wanted = multiply(b, x, b.floats([2]));
    unary(b, 'Tanh', multiply(b, x, b.floats([3])));
    const kept = keepNeeded(b.build('graph', [wanted]));
    expect(operators(kept)).toEqual(['Mul']);
    expect(kept.initializers).toHaveLength(1);
  });
});

describe('the legality check', () => {
  it('names a value that is used before it is given', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float', [3]);
    const graph = b.build('graph', [unary(b, 'Tanh', unary(b, 'Exp', x))]);
    const reversed = { ...graph, nodes: graph.nodes.toReversed() };
    expect(() => checkGraph(reversed)).toThrow(/Exp_0_out is used before it is given\n {2}where: Tanh_1/);
  });

  it('names an output that is never given, and a name that is given twice', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float', [3]);
    const graph = b.build('graph', [x]);
    expect(() => checkGraph({ ...graph, outputs: [{ ...x, name: 'y' }] })).toThrow(/the output y is never given/);
    expect(() => checkGraph({ ...graph, inputs: [x, x] })).toThrow(/x is given twice/);
  });

  it('refuses shapes that do not fit while a graph is built', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float', [3, 5]);
    expect(() => gemm(b, x, b.input('w', 'float', [4, 5]))).toThrow(/got: \[3, 5\] by \[4, 5\]/);
    expect(() => add(b, x, b.input('c', 'float', [4]))).toThrow(/shapes do not fit one another/);
  });
});
