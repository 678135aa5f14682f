import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/autodiff/differentiate.ts';
import { checkGraph } from '../../src/onnx/check-graph.ts';
import type { Graph } from '../../src/onnx/graph.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { makeWideAgain } from '../../src/onnx/rewrites/make-again.ts';
import { gelu, gemm, multiply, reduce, unary } from '../../src/onnx/operators.ts';
import { peakBytes } from '../../src/onnx/sizes/peak-memory.ts';
import { stream } from '../../src/random/stream.ts';
import { runModel } from '../autodiff/run-graph.ts';

const [rows, columns, layers] = [6, 5, 3];

/** Layers of a feed-forward of some width, their loss, and its gradients by every second matrix. */
function graphOf(width: number, activated: 'gelu' | 'gated'): { readonly graph: Graph; readonly back: number } {
  const b = new GraphBuilder();
  let x = b.input('x', 'float', ['rows', columns]);
  const matrices = Array.from({ length: layers }, (_, layer) => {
    const up = b.input(`up${layer}`, 'float', [columns, width]);
    const down = b.input(`down${layer}`, 'float', [width, columns]);
    const wide = gemm(b, x, up);
    const value = activated === 'gelu' ? gelu(b, wide) : multiply(b, unary(b, 'Sigmoid', wide), wide);
    x = gemm(b, value, down);
    return down;
  });
  const loss = reduce(b, 'ReduceSumSquare', x, [0, 1], 'drop');
  const forward = b.build('graph', [loss]);
  const back = GraphBuilder.following(forward, 'back_');
  const gradients = differentiate(back, loss, matrices).flatMap((gradient) => gradient ?? []);
  return { graph: back.build('graph', [loss, ...gradients]), back: forward.nodes.length };
}

function feeds(width: number) {
  const matrices = Array.from({ length: layers }, (_, layer) => [
    { name: `up${layer}`, shape: [columns, width] },
    { name: `down${layer}`, shape: [width, columns] },
  ]);
  return [{ name: 'x', shape: [rows, columns] }, ...matrices.flat()].map(({ name, shape }) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { name, shape, data: Float32Array.from(stream(0, 'again', name).normals(count), (value) => value / 8) };
  });
}

const count = ({ nodes }: Graph, wanted: string) => nodes.filter(({ operator }) => operator === wanted).length;

describe('wide values made again', () => {
  it.each(['gelu', 'gated'] as const)('take less memory, and give the same bits: %s', async (activated) => {
    const { graph, back } = graphOf(2048, activated);
    const again = checkGraph(makeWideAgain(graph, back));
    const operator = activated === 'gelu' ? 'Gelu' : 'Mul';
    // What lies before the first layer's activation is kept for nobody else: nothing below it has a gradient.
    expect(count(again, operator)).toBe(count(graph, operator) + layers - 1);
    // What they are made of is kept.
    expect(count(again, 'Sigmoid')).toBe(count(graph, 'Sigmoid'));
    expect(peakBytes(again, { rows })).toBeLessThan(peakBytes(graph, { rows }));
    expect(await runModel(again, feeds(2048))).toEqual(await runModel(graph, feeds(2048)));
  });

  it('are not made of narrower ones', () => {
    const { graph, back } = graphOf(512, 'gelu');
    expect(makeWideAgain(graph, back)).toBe(graph);
  });
});
