import { describe, expect, it } from 'vitest';
import { chainsInPieces } from '../../src/onnx/pieces/chains-in-pieces.ts';
import type { Graph, Value } from '../../src/onnx/graph.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { add, multiply, reduce, subtract, unary } from '../../src/onnx/operators.ts';
import { stream } from '../../src/random/stream.ts';
import { runModel } from '../autodiff/run-graph.ts';

const operators = ({ nodes }: Graph) => nodes.map(({ operator }) => operator);

/** dY ∘ (½ erf(x) + exp(x) x): five passes, and constants that every piece reads. */
function chain(b: GraphBuilder, x: Value, dY: Value): Value {
  const half = multiply(b, unary(b, 'Erf', x), b.floats([0.5]));
  return multiply(b, dY, add(b, half, multiply(b, unary(b, 'Exp', x), x)));
}

function graphOf(columns: number, build: (b: GraphBuilder, x: Value, dY: Value) => readonly Value[]): Graph {
  const b = new GraphBuilder();
  const [x, dY] = [b.input('x', 'float', ['rows', columns]), b.input('dY', 'float', ['rows', columns])];
  return b.build('graph', build(b, x, dY));
}

function feed(name: string, rows: number, columns: number) {
  const data = Float32Array.from(stream(0, 'pieces', name).normals(rows * columns));
  return { name, shape: [rows, columns], data };
}

describe('chains in pieces', () => {
  it.each([
    [1, 512, 1],
    [7, 1536, 1],
    [7, 1536, 2],
    [33, 688, 4],
  ])('give the bits of the whole: %i rows of %i, for %i threads', async (rows, columns, threads) => {
    const graph = graphOf(columns, (b, x, dY) => [chain(b, x, dY)]);
    const inPieces = chainsInPieces(graph, threads);
    expect(operators(inPieces)).toContain('Scan');
    expect(operators(inPieces)).not.toContain('Erf');
    const feeds = [feed('x', rows, columns), feed('dY', rows, columns)];
    expect(await runModel(inPieces, feeds)).toEqual(await runModel(graph, feeds));
  });

  it.each([
    [1, 384, 1],
    [256, 384, 1],
    [1024, 384, 2],
    [100, 384, 1],
    [512, 64, 4],
  ])('may reduce the columns of each row: %i rows of %i, for %i threads', async (rows, columns, threads) => {
    const graph = graphOf(columns, (b, x, dY) => {
      const centred = subtract(b, x, reduce(b, 'ReduceMean', x, [-1]));
      const scaled = multiply(b, centred, b.floats(Array.from({ length: columns }, (_, column) => column / columns)));
      return [multiply(b, scaled, reduce(b, 'ReduceSum', multiply(b, centred, dY), [-1]))];
    });
    const inPieces = chainsInPieces(graph, threads);
    expect(operators(inPieces)).toContain('Scan');
    expect(operators(inPieces)).not.toContain('ReduceSum');
    const feeds = [feed('x', rows, columns), feed('dY', rows, columns)];
    expect(await runModel(inPieces, feeds)).toEqual(await runModel(graph, feeds));
  });

  it('leave whole what is read outside, and what stands on both sides of a reader outside', async () => {
    const graph = graphOf(512, (b, x, dY) => {
      const inner = unary(b, 'Exp', multiply(b, x, b.floats([0.1])));
      const rowSum = reduce(b, 'ReduceSum', inner, [-1]);
      return [chain(b, multiply(b, inner, dY), dY), rowSum];
    });
    const inPieces = chainsInPieces(graph, 1);
    expect(operators(inPieces)).toEqual(expect.arrayContaining(['Mul', 'Exp', 'ReduceSum', 'Scan']));
    const feeds = [feed('x', 5, 512), feed('dY', 5, 512)];
    expect(await runModel(inPieces, feeds)).toEqual(await runModel(graph, feeds));
  });

  it('are not made of narrow values, of rows for each sample, of columns that do not divide, or of two passes', () => {
    const asItWas = [
      graphOf(384, (b, x, dY) => [chain(b, x, dY)]),
      graphOf(521, (b, x, dY) => [chain(b, x, dY)]),
      graphOf(512, (b, x, dY) => [multiply(b, unary(b, 'Exp', x), dY)]),
    ];
    for (const graph of asItWas) expect(operators(chainsInPieces(graph, 1))).toEqual(operators(graph));
    // One piece for so many threads.
    const wide = graphOf(512, (b, x, dY) => [chain(b, x, dY)]);
    expect(operators(chainsInPieces(wide, 8))).toEqual(operators(wide));
    const b = new GraphBuilder();
    const x = b.input('x', 'float', ['batch', 512]);
    const graph = b.build('graph', [chain(b, x, x)]);
    expect(operators(chainsInPieces(graph, 1))).not.toContain('Scan');
  });

  it('are found inside branches', async () => {
    const outer = new GraphBuilder();
    const [x, dY] = [outer.input('x', 'float', ['rows', 512]), outer.input('dY', 'float', ['rows', 512])];
    const condition = outer.one({
      operator: 'Equal',
      inputs: [reduce(outer, 'ReduceSum', x, [0, 1], 'drop'), outer.floats([0])],
      outputs: [{ shape: [], type: 'bool' }],
    });
    const branch = (name: string) => {
      const b = new GraphBuilder(`${name}_`);
      return { kind: 'graph', value: b.build(name, [chain(b, x, dY)]) } as const;
    };
    const result = outer.one({
      operator: 'If',
      inputs: [condition],
      attributes: { then_branch: branch('yes'), else_branch: branch('no') },
      outputs: [{ shape: ['rows', 512] }],
    });
    const graph = outer.build('graph', [result]);
    const inner = chainsInPieces(graph, 1).nodes.at(-1)?.attributes['else_branch'];
    expect(inner?.kind === 'graph' ? operators(inner.value) : []).toContain('Scan');
    const feeds = [feed('x', 3, 512), feed('dY', 3, 512)];
    expect(await runModel(chainsInPieces(graph, 1), feeds)).toEqual(await runModel(graph, feeds));
  });
});
