import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/autodiff/differentiate.ts';
import { checkGraph } from '../../src/onnx/check-graph.ts';
import { inExecutionOrder } from '../../src/onnx/rewrites/execution-order.ts';
import type { Graph, Value } from '../../src/onnx/graph.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { joinAsMade } from '../../src/onnx/rewrites/join-as-made.ts';
import { keepNeeded } from '../../src/onnx/rewrites/keep-needed.ts';
import { gemm, reduce, reshape, split, unary } from '../../src/onnx/operators.ts';
import { peakBytes } from '../../src/onnx/sizes/peak-memory.ts';
import { stream } from '../../src/random/stream.ts';
import { runModel } from '../autodiff/run-graph.ts';

const [rows, columns] = [64, 8];

/** So many layers over one flat vector of parameters, their loss, and its gradient by the vector. */
function deepNet(layers: number): { readonly graph: Graph; readonly gradient: Value } {
  const b = new GraphBuilder();
  const size = columns * columns;
  const parameters = b.input('parameters', 'float', [layers * size]);
  const parts = split(
    b,
    parameters,
    0,
    Array.from({ length: layers }, () => size),
  );
  const last = parts.reduce(
    (x, part) => unary(b, 'Tanh', gemm(b, x, reshape(b, part, [columns, columns]))),
    b.input('x', 'float', ['batch', columns]),
  );
  const loss = reduce(b, 'ReduceSumSquare', last, [0, 1], 'drop');
  const [gradient] = differentiate(b, loss, [parameters]);
  if (gradient === null || gradient === undefined) throw new Error('the loss depends on the parameters');
  return { graph: keepNeeded(b.build('graph', [loss, gradient])), gradient };
}

function feeds(layers: number) {
  const floats = (name: string, shape: readonly number[]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { name, shape, data: Float32Array.from(stream(0, 'join', name).normals(count), (value) => value / 4) };
  };
  return [floats('x', [rows, columns]), floats('parameters', [layers * columns * columns])];
}

const peakAsRun = (graph: Graph) => peakBytes(inExecutionOrder(graph), { batch: rows });

describe('the parts of a long gradient', () => {
  it('are made each as soon as it can be: less is kept for the last of them, and the bits are the same', async () => {
    const { graph, gradient } = deepNet(60);
    const joined = checkGraph(joinAsMade(graph, gradient));
    expect(peakAsRun(joined)).toBeLessThan(0.8 * peakAsRun(graph));
    expect(await runModel(joined, feeds(60))).toEqual(await runModel(graph, feeds(60)));
  });

  it('stay as they are where they are few', () => {
    const { graph, gradient } = deepNet(5);
    expect(joinAsMade(graph, gradient)).toBe(graph);
  });
});

describe('the order of execution', () => {
  it('has every node once, after those that it reads', () => {
    const { graph } = deepNet(20);
    const ordered = checkGraph(inExecutionOrder(graph));
    expect(new Set(ordered.nodes)).toEqual(new Set(graph.nodes));
    expect(ordered.nodes).toHaveLength(graph.nodes.length);
  });

  it('takes of what a node reads the last in the graph first', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float', [2]);
    const [first, second] = [unary(b, 'Exp', x), unary(b, 'Neg', x)];
    const sum = b.one({ operator: 'Add', inputs: [first, second], outputs: [{ shape: [2] }] });
    const { nodes } = inExecutionOrder(b.build('graph', [sum]));
    expect(nodes.map(({ operator }) => operator)).toEqual(['Neg', 'Exp', 'Add']);
  });
});
