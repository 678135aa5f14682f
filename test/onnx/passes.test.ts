import { describe, expect, it } from 'vitest';
import { checkGraph } from '../../src/onnx/check-graph.ts';
import { foldSumIntoGemm } from '../../src/onnx/rewrites/fold-sum-into-gemm.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { keepElements, lowerKeptElements } from '../../src/onnx/rewrites/keep-elements.ts';
import { keepNeeded } from '../../src/onnx/rewrites/keep-needed.ts';
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

describe('lowering kept elements', () => {
  const b = new GraphBuilder();
  const [x, keep] = [b.input('x', 'float', [3, 5]), b.input('keep', 'uint8', [3, 5])];
  const kept = keepElements(b, unary(b, 'Tanh', x), keep);
  const table = b.one({
    operator: 'Gather',
    inputs: [keep, b.int64s([2, 0, 1])],
    outputs: [{ shape: [3, 5], type: 'uint8' }],
  });
  const twice = keepElements(b, unary(b, 'Neg', kept), keep);
  const lowered = checkGraph(lowerKeptElements(b.build('graph', [twice, keepElements(b, kept, table)])));
  const at = (operator: string) =>
    lowered.nodes.flatMap((node, index) => (node.operator === operator ? [{ ...node, index }] : []));

  it('puts each Cast before what makes the elements, and after what makes the mask', () => {
    expect(operators(lowered)).toEqual([
      ...['Cast', 'Tanh', 'Mul', 'Gather', 'Unsqueeze', 'Cast', 'Squeeze', 'Cast', 'Neg', 'Mul', 'Mul'],
    ]);
    expect(lowered.outputs.map(({ name }) => name)).toEqual(
      at('Mul')
        .slice(1)
        .map(({ outputs }) => outputs[0]?.name),
    );
  });

  it('lets no two Casts of one mask be equal, which onnxruntime would make one of', () => {
    const inputs = at('Cast').map((node) => node.inputs[0]?.name);
    expect(new Set(inputs).size).toBe(3);
    expect(inputs[0]).toBe('keep');
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
