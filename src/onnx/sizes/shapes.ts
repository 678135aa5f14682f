import { Defect } from '../../base/defect.ts';
import type { Dimension, Shape } from '../graph.ts';

/** Shape of an element-wise result of two operands (ONNX's multidirectional broadcasting). */
export function broadcastShape(a: Shape, b: Shape, where: string): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw shapeError(where, `${shapeText(a)} against ${shapeText(b)}`, 'sizes that are equal or 1');
  });
}

/** Axes of `from` that broadcasting to `to` repeats, counted in `to`; leading axes that `from` lacks included. */
export function broadcastAxes(from: Shape, to: Shape): number[] {
  const missing = to.length - from.length;
  return to.flatMap((size, axis) => (axis < missing || (from[axis - missing] === 1 && size !== 1) ? [axis] : []));
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

export function dimension(shape: Shape, axis: number): Dimension {
  const size = shape.at(axis);
  if (size === undefined) throw shapeError('axis', `${axis} of ${shapeText(shape)}`, 'an axis that exists');
  return size;
}

export function shapeText(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

export function shapeError(where: string, got: string, expected: string): Defect {
  return new Defect('shapes do not fit one another', `where: ${where}`, `got: ${got}`, `expected: ${expected}`);
}
