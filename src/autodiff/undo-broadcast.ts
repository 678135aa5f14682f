import type { Shape, Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { reduce } from '../onnx/operators.ts';
import { broadcastAxes } from '../onnx/sizes/shapes.ts';

/** Sums a gradient over the axes along which its operand, of shape `to`, was repeated. */
export function undoBroadcast(b: GraphBuilder, gradient: Value, to: Shape): Value {
  const axes = broadcastAxes(to, gradient.shape);
  if (axes.length === 0) return gradient;
  const missing = gradient.shape.length - to.length;
  const kept = axes.filter((axis) => axis >= missing);
  const summed = kept.length === 0 ? gradient : reduce(b, 'ReduceSum', gradient, kept);
  const leading = axes.filter((axis) => axis < missing);
  return leading.length === 0 ? summed : reduce(b, 'ReduceSum', summed, leading, 'drop');
}
