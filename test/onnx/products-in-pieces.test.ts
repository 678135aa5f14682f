import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/onnx/graph.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { gemm, unary } from '../../src/onnx/operators.ts';
import { productsInPieces } from '../../src/onnx/pieces/products-in-pieces.ts';
import { stream } from '../../src/random/stream.ts';
import { runModel } from '../autodiff/run-graph.ts';

const operators = ({ nodes }: Graph) => nodes.map(({ operator }) => operator);
const [inner, columns, rank] = [136, 144, 8];

/** x Wᵀ + bias, and an adapter's product added to it. */
function graphOf(rowsName: string, readsProduct: boolean): Graph {
  const b = new GraphBuilder();
  const x = b.input('x', 'float', [rowsName, inner]);
  const h = b.input('h', 'float', [rowsName, rank]);
  const [w, factor] = [b.input('w', 'float', [columns, inner]), b.input('factor', 'float', [columns, rank])];
  const product = gemm(b, x, w, { transB: true, c: b.floats(Array.from({ length: columns }, (_, i) => i / columns)) });
  const sum = gemm(b, h, factor, { transB: true, c: product });
  return b.build('graph', readsProduct ? [sum, unary(b, 'Tanh', product)] : [sum]);
}

function feeds(rows: number) {
  const shapes = { x: [rows, inner], h: [rows, rank], w: [columns, inner], factor: [columns, rank] };
  return Object.entries(shapes).map(([name, shape]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { name, shape, data: Float32Array.from(stream(0, 'products', name).normals(count)) };
  });
}

/** Whether the products' addends are added by an operator of their own, which all threads share. */
function addsApart({ nodes }: Graph): boolean {
  return nodes.some(({ attributes: { body } }) => body?.kind === 'graph' && operators(body.value).includes('Add'));
}

describe('products in pieces', () => {
  // One piece; two; rows that no number of pieces up to 64 divides (a prime), so that they stay whole.
  it.each([
    [5, 1],
    [5, 2],
    [1540, 1],
    [1540, 2],
    [1543, 1],
    [1543, 4],
  ])('give the bits of the whole, with what is added to them: %i rows, for %i threads', async (rows, threads) => {
    const graph = graphOf('batch·tokens', false);
    const inPieces = productsInPieces(graph, threads);
    expect(addsApart(inPieces)).toBe(threads > 1);
    expect(operators(inPieces)).toContain('Scan');
    expect(operators(inPieces)).not.toContain('Gemm');
    expect(await runModel(inPieces, feeds(rows))).toEqual(await runModel(graph, feeds(rows)));
  });

  it('leave a sum whose addend is read elsewhere to itself', async () => {
    const graph = graphOf('batch·tokens', true);
    const inPieces = productsInPieces(graph, 1);
    expect(operators(inPieces)).toEqual(expect.arrayContaining(['Scan', 'Gemm', 'Tanh']));
    expect(await runModel(inPieces, feeds(9))).toEqual(await runModel(graph, feeds(9)));
  });

  it('are not made of a row for each sample', () => {
    expect(operators(productsInPieces(graphOf('batch', false), 1))).toEqual(['Gemm', 'Gemm']);
  });
});
