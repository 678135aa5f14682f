import type { NodeProto } from '../../onnx/generated/onnx_pb.ts';
import type { Dimension, Shape, Value } from '../../onnx/graph.ts';
import { broadcastShape, dimension } from '../../onnx/sizes/shapes.ts';
import { intOf, tensorOf } from './attributes.ts';
import { cast, constantValue, elementsOf, typeOf } from './constants.ts';
import type { ImportContext } from './import-context.ts';
import { combine, product, quotient, type Symbolic } from './symbolic.ts';

/** Operators that make, read and compute sizes: beside the node itself, what its integers are is followed. */
export type NodeImport = (context: ImportContext, node: NodeProto) => Value;

const longestKnown = 64;

export const constant: NodeImport = (context, node) => {
  const tensor = tensorOf(node, 'value');
  const type = tensor === null ? null : typeOf(tensor.dataType);
  const elements = tensor === null ? null : elementsOf(tensor);
  if (tensor === null || type === null || elements === null) {
    return context.fail(node, 'a constant of another type', 'float, double, int64, int32 or bool');
  }
  return knownConstant(context, elements, tensor.dims.map(Number), type);
};

/** A constant whose integers, where they are few, are known. */
export function knownConstant(
  context: ImportContext,
  elements: readonly number[],
  shape: readonly number[],
  type: 'float' | 'int64' | 'int32' | 'bool',
): Value {
  const value = constantValue(context.encoder.b, elements, shape, type);
  if (type === 'float' && elements.length === 1) context.knowScalar(value, elements[0] ?? 0);
  if (type !== 'float' && shape.length < 2 && elements.length <= longestKnown) {
    context.know(value, { shape, entries: elements });
  }
  return value;
}

export const shapeOfValue: NodeImport = (context, node) => {
  const x = context.need(node, 0);
  const rank = x.shape.length;
  const at = (given: number) => Math.max(0, Math.min(rank, given < 0 ? given + rank : given));
  const entries = x.shape.slice(at(intOf(node, 'start', 0)), at(intOf(node, 'end', rank)));
  const value = context.copy(node, [x], [entries.length], 'int64');
  context.know(value, { shape: [entries.length], entries });
  return value;
};

export const castTo: NodeImport = (context, node) => {
  const x = context.need(node, 0);
  const type = typeOf(intOf(node, 'to', 0));
  if (type === null) return context.fail(node, `a cast to type ${intOf(node, 'to', 0)}`, 'float, int64, int32 or bool');
  const value = cast(context.encoder.b, x, type);
  if (value !== x && type !== 'bool') context.know(value, context.known(x));
  return value;
};

export const range: NodeImport = (context, node) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => context.known(context.input(node, index))?.entries[0]);
  const counts = start === 0 && delta === 1 && limit !== undefined;
  const inputs = [0, 1, 2].map((index) => context.need(node, index));
  return context.copy(node, inputs, [counts ? limit : context.fresh()], inputs[0]?.type ?? 'int64');
};

export const constantOfShape: NodeImport = (context, node) => {
  const target = context.need(node, 0);
  const tensor = tensorOf(node, 'value');
  const type = tensor === null ? 'float' : (typeOf(tensor.dataType) ?? 'float');
  const [fill = 0] = (tensor === null ? null : elementsOf(tensor)) ?? [];
  const shape = targetShape(context, target);
  const one = constantValue(context.encoder.b, [fill], [], type);
  const value = context.encoder.b.one({ operator: 'Expand', inputs: [one, target], outputs: [{ shape, type }] });
  const [length] = shape;
  if (type !== 'float' && shape.length === 1 && typeof length === 'number' && length <= longestKnown) {
    context.know(value, { shape: [length], entries: Array.from({ length }, () => fill) });
  }
  return value;
};

export const expand: NodeImport = (context, node) => {
  const x = context.need(node, 0);
  const target = context.need(node, 1);
  const shape = looseBroadcast(x.shape, targetShape(context, target));
  return context.copy(node, [x, target], shape, x.type);
};

/** The shape that an integer vector stands for. */
export function targetShape(context: ImportContext, target: Value): Shape {
  const known = context.known(target);
  if (known !== null) return known.entries;
  const [rank] = target.shape;
  return Array.from({ length: typeof rank === 'number' ? rank : 0 }, () => context.fresh());
}

export const reshapeTo: NodeImport = (context, node) => {
  const x = context.need(node, 0);
  const target = context.need(node, 1);
  const wanted = targetShape(context, target);
  const zeroCopies = intOf(node, 'allowzero', 0) === 0;
  const copied = wanted.map((size, axis) => (size === 0 && zeroCopies ? dimension(x.shape, axis) : size));
  const rest = product(copied.filter((size) => size !== -1));
  const shape = copied.map((size) => (size === -1 ? (quotient(product(x.shape), rest) ?? context.fresh()) : size));
  const value = context.copy(node, [x, target], shape, x.type);
  context.know(value, reshapeKnown(context.known(x), shape));
  return value;
};

function reshapeKnown(known: Symbolic | null, shape: Shape): Symbolic | null {
  const numbers = shape.filter((size) => typeof size === 'number');
  if (known === null || shape.length > 1 || numbers.length < shape.length) return null;
  return { shape: numbers, entries: known.entries };
}

export const flatten: NodeImport = (context, node) => {
  const x = context.need(node, 0);
  const given = intOf(node, 'axis', 1);
  const axis = given < 0 ? given + x.shape.length : given;
  return context.copy(node, [x], [product(x.shape.slice(0, axis)), product(x.shape.slice(axis))], x.type);
};

export const unsqueeze: NodeImport = (context, node) => {
  const x = context.need(node, 0);
  const axes = context.integers(node, 1);
  if (axes === null) return context.fail(node, 'axes that are not constant', 'constant axes');
  const rank = x.shape.length + axes.length;
  const added = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  let next = 0;
  const shape = Array.from({ length: rank }, (_, axis): Dimension => {
    if (added.has(axis)) return 1;
    next += 1;
    return x.shape[next - 1] ?? 1;
  });
  const value = context.copy(node, [x, context.need(node, 1)], shape, x.type);
  context.know(value, reshapeKnown(context.known(x), shape));
  return value;
};

export const squeeze: NodeImport = (context, node) => {
  const x = context.need(node, 0);
  const axes =
    node.input.length > 1 ? context.integers(node, 1) : x.shape.flatMap((size, at) => (size === 1 ? [at] : []));
  if (axes === null) return context.fail(node, 'axes that are not constant', 'constant axes');
  const dropped = new Set(axes.map((axis) => (axis < 0 ? axis + x.shape.length : axis)));
  const shape = x.shape.filter((_, axis) => !dropped.has(axis));
  const value = context.copy(node, [x, context.encoder.b.int64s([...dropped])], shape, x.type);
  context.know(value, reshapeKnown(context.known(x), shape));
  return value;
};

/** Integers followed through arithmetic; floats as they are. */
export const arithmetic: NodeImport = (context, node) => {
  const [x, y] = [context.need(node, 0), context.need(node, 1)];
  const operator = arithmeticNames.find((name) => name === node.opType);
  const value = context.copy(node, [x, y], looseBroadcast(x.shape, y.shape), x.type);
  const [a, b] = [context.known(x), context.known(y)];
  if (operator !== undefined && a !== null && b !== null) context.know(value, combine(operator, a, b));
  return value;
};

const arithmeticNames = ['Add', 'Sub', 'Mul', 'Div'] as const;

export const comparison: NodeImport = (context, node) => {
  const [x, y] = [context.need(node, 0), context.need(node, 1)];
  const value = context.copy(node, [x, y], looseBroadcast(x.shape, y.shape), 'bool');
  const [a, b] = [context.known(x), context.known(y)];
  if (node.opType === 'Equal' && a !== null && b !== null && a.entries.length === b.entries.length) {
    const entries = a.entries.map((entry, index) => isEqual(entry, b.entries[index] ?? 0));
    const decided = entries.filter((entry) => entry !== null);
    if (decided.length === entries.length) context.know(value, { shape: a.shape, entries: decided.map(Number) });
  }
  return value;
};

/** A size is never negative; two names may be the same size. */
function isEqual(a: Dimension, b: Dimension): boolean | null {
  if (a === b) return true;
  if (typeof a === 'number' && typeof b === 'number') return false;
  return [a, b].some((entry) => typeof entry === 'number' && entry < 0) ? false : null;
}

export const where: NodeImport = (context, node) => {
  const [condition, x, y] = [context.need(node, 0), context.need(node, 1), context.need(node, 2)];
  const shape = looseBroadcast(condition.shape, looseBroadcast(x.shape, y.shape));
  const value = context.copy(node, [condition, x, y], shape, x.type);
  const [c, a, b] = [context.known(condition), context.known(x), context.known(y)];
  if (c !== null && a !== null && b !== null && a.entries.length === b.entries.length) {
    const entries = c.entries.map((chosen, index) => (chosen === 1 ? a.entries[index] : b.entries[index]) ?? 0);
    context.know(value, { shape: a.shape, entries });
  }
  return value;
};

/** As broadcasting goes; of two names that may mean one size the first stands. */
export function looseBroadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const aligned = Array.from({ length: rank }, (_, axis): Dimension => {
    const [left, right] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    const names = typeof left === 'string' || typeof right === 'string';
    if (!names || left === 1 || right === 1) return broadcastShape([left], [right], 'broadcasting')[0] ?? left;
    return typeof left === 'number' ? left : typeof right === 'number' ? right : left;
  });
  return aligned;
}
