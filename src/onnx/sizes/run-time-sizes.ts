import { int, type Value } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';

/** int64 vectors and scalars that are known only when the graph runs: sizes, and what is computed of them. */

/** int64 [axes of x] */
export function shapeOf(b: GraphBuilder, x: Value): Value {
  return b.one({ operator: 'Shape', inputs: [x], outputs: [{ shape: [x.shape.length], type: 'int64' }] });
}

/** int64 [1] */
export function sizeAt(b: GraphBuilder, x: Value, axis: number): Value {
  return b.one({
    operator: 'Gather',
    inputs: [shapeOf(b, x), b.int64s([axis])],
    attributes: { axis: int(0) },
    outputs: [{ shape: [1], type: 'int64' }],
  });
}

/** Element-wise on int64 [1]; Div rounds towards zero. */
export function integers(b: GraphBuilder, operator: 'Add' | 'Sub' | 'Mul' | 'Div', x: Value, y: Value): Value {
  return b.one({ operator, inputs: [x, y], outputs: [{ shape: [1], type: 'int64' }] });
}

/** 0, 1, … length − 1: int64 of shape [name]. @param length int64 [1] */
export function countUp(b: GraphBuilder, length: Value, name: string): Value {
  const scalar = b.one({ operator: 'Squeeze', inputs: [length], outputs: [{ shape: [], type: 'int64' }] });
  return b.one({
    operator: 'Range',
    inputs: [b.int64s([0], []), scalar, b.int64s([1], [])],
    outputs: [{ shape: [name], type: 'int64' }],
  });
}

/** int64 or bool as float. */
export function toFloat(b: GraphBuilder, x: Value): Value {
  return b.one({ operator: 'Cast', inputs: [x], attributes: { to: int(1) }, outputs: [{ shape: x.shape }] });
}
