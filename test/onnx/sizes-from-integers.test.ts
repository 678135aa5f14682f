import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/autodiff/differentiate.ts';
import { checkGraph } from '../../src/onnx/check-graph.ts';
import { type Graph, isFloating } from '../../src/onnx/graph.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { keepNeeded } from '../../src/onnx/rewrites/keep-needed.ts';
import { gatherRows, gemm, reduce, reshape, slice, unary } from '../../src/onnx/operators.ts';
import { peakBytes } from '../../src/onnx/sizes/peak-memory.ts';
import { shapeOf } from '../../src/onnx/sizes/run-time-sizes.ts';
import { sizesOfEndedValues } from '../../src/onnx/sizes/sizes-from-integers.ts';
import { stream } from '../../src/random/stream.ts';
import { runModel } from '../autodiff/run-graph.ts';

const [tokens, words, columns, layers] = [7, 5, 6, 3];

/** Layers that read half of a product, as DeBERTa's position terms do; the loss, and its gradients by the matrices. */
function halvedProducts(): Graph {
  const b = new GraphBuilder();
  const ids = b.input('ids', 'int64', ['tokens']);
  const table = b.input('table', 'float', [words, columns]);
  const wide = Array.from({ length: layers }, (_, layer) => b.input(`wide${layer}`, 'float', [columns, 2 * columns]));
  const last = wide.reduce(
    (x, w) => unary(b, 'Tanh', slice(b, gemm(b, x, w), 1, 0, columns, columns)),
    gatherRows(b, table, ids),
  );
  const loss = reduce(b, 'ReduceSumSquare', last, [0, 1], 'drop');
  const gradients = differentiate(b, loss, wide).flatMap((gradient) => gradient ?? []);
  return keepNeeded(b.build('graph', [loss, ...gradients]));
}

function feeds() {
  const floats = (name: string, shape: readonly [number, number]) => {
    const normals = stream(0, 'sizes', name).normals(shape[0] * shape[1]);
    return { name, shape, data: Float32Array.from(normals, (value) => value / 4) };
  };
  return [
    { name: 'ids', shape: [tokens], data: BigInt64Array.from({ length: tokens }, (_, i) => BigInt((3 * i) % words)) },
    floats('table', [words, columns]),
    ...Array.from({ length: layers }, (_, layer) => floats(`wide${layer}`, [columns, 2 * columns])),
  ];
}

/** Nodes that ask a floating-point value for its sizes. */
const asking = ({ nodes }: Graph) =>
  nodes.filter(({ operator, inputs: [x] }) => operator === 'Shape' && x !== null && x !== undefined && isFloating(x));

describe('sizes of values that nobody reads any more', () => {
  it('come from integers that have them, so that the values end: less memory, the same bits', async () => {
    const graph = halvedProducts();
    const freed = checkGraph(keepNeeded(sizesOfEndedValues(graph)));
    const products = new Set(graph.nodes.flatMap(({ operator, outputs }) => (operator === 'Gemm' ? outputs : [])));
    const asked = (of: Graph) =>
      asking(of).filter(({ inputs: [x] }) => [...products].some(({ name }) => name === x?.name));
    expect(asked(graph)).toHaveLength(layers);
    expect(asked(freed)).toEqual([]);
    expect(peakBytes(freed, { tokens })).toBeLessThan(peakBytes(graph, { tokens }));
    expect(await runModel(freed, feeds())).toEqual(await runModel(graph, feeds()));
  });

  it('are left to values that are read later anyway', () => {
    const b = new GraphBuilder();
    const ids = b.input('ids', 'int64', ['tokens']);
    const x = gatherRows(b, b.input('table', 'float', [words, columns]), ids);
    const sizes = shapeOf(b, x);
    const graph = b.build('graph', [reshape(b, unary(b, 'Exp', x), ['tokens', columns], sizes)]);
    expect(sizesOfEndedValues(graph)).toEqual(graph);
  });
});
