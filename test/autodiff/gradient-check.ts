import { differentiate } from '../../src/autodiff/differentiate.ts';
import type { Value } from '../../src/onnx/graph.ts';
import type { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { multiply, reduce } from '../../src/onnx/operators.ts';
import { stream } from '../../src/random/stream.ts';
import { type Feed, runGraph } from './run-graph.ts';

export type BuildResult = (b: GraphBuilder, inputs: readonly Value[]) => Value;

/**
 * Compares d loss · direction with a central difference along one random direction of all inputs, where the loss is
 * the result weighted by random numbers and summed. Both in float32, so the difference has about 1e-3 of noise.
 * @returns the two slopes
 */
export async function slopes(
  name: string,
  shapes: readonly (readonly number[])[],
  build: BuildResult,
): Promise<{ readonly derived: number; readonly measured: number }> {
  const draw = (what: string, shape: readonly number[], index: number) =>
    Float32Array.from(stream(7, 'gradient-check', name, what, index).normals(shape.reduce((a, b) => a * b, 1)));
  const points = shapes.map((shape, index) => draw('point', shape, index));
  const directions = shapes.map((shape, index) => draw('direction', shape, index));
  const feedsAt = (offset: number): Feed[] =>
    shapes.map((shape, index) => ({
      name: `x${index}`,
      shape,
      data: Float32Array.from(points[index] ?? [], (value, i) => value + offset * (directions[index]?.[i] ?? 0)),
    }));
  const lossOf = (b: GraphBuilder, inputs: readonly Value[]): Value => {
    const result = build(b, inputs);
    const sizes = result.shape.map(Number);
    const weights = b.floats([...draw('weights', sizes, 0)], sizes);
    const axes = sizes.map((_, axis) => axis);
    const weighted = multiply(b, result, weights);
    return axes.length === 0 ? weighted : reduce(b, 'ReduceSum', weighted, axes, 'drop');
  };
  const gradients = await runGraph(feedsAt(0), (b, inputs) => {
    const found = differentiate(b, lossOf(b, inputs), inputs);
    return found.map((gradient, index) => {
      // Null: the loss does not depend on this input, so its slope is zero.
      return gradient ?? multiply(b, inputs[index] ?? b.floats([0]), b.floats([0]));
    });
  });
  const derived = gradients.reduce(
    (sum, gradient, index) =>
      sum + gradient.reduce((part, value, i) => part + value * (directions[index]?.[i] ?? 0), 0),
    0,
  );
  const step = 1e-2;
  const lossAt = async (offset: number) =>
    (await runGraph(feedsAt(offset), (b, inputs) => [lossOf(b, inputs)]))[0]?.[0] ?? 0;
  const measured = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
  return { derived, measured };
}
