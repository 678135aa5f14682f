import { int, type Shape, type Value } from '../../onnx/graph.ts';
import { gatherRows, reduce, slice, split, transpose } from '../../onnx/operators.ts';
import { dimension } from '../../onnx/sizes/shapes.ts';
import { intOf, intsOf } from './attributes.ts';
import type { ImportContext } from './import-context.ts';
import type { NodeImport } from './import-sizes.ts';
import { product } from './symbolic.ts';

/** Operators that move elements or pick some of them. */

export const gather: NodeImport = (context, node) => {
  const [x, indices] = [context.need(node, 0), context.need(node, 1)];
  const given = intOf(node, 'axis', 0);
  const axis = given < 0 ? given + x.shape.length : given;
  const numbers = context.integers(node, 1);
  const known = context.known(x);
  const [index = 0] = numbers ?? [];
  if (x.type === 'float' && axis === 0 && indices.shape.length > 0) return gatherRows(context.encoder.b, x, indices);
  if (x.type === 'float' && indices.shape.length === 0 && numbers !== null) return pick(context, x, axis, index);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const value = context.copy(node, [x, indices], shape, x.type);
  if (known !== null && numbers !== null && shape.length < 2) {
    const entries = numbers.map((at) => known.entries[at < 0 ? at + known.entries.length : at] ?? 0);
    context.know(value, { shape: shape.length === 0 ? [] : [entries.length], entries });
  }
  return value;
};

/** x[…, index, …] along an axis, which goes: a slice, whose gradient needs no scatter. */
function pick({ encoder: { b } }: ImportContext, x: Value, axis: number, index: number): Value {
  const size = dimension(x.shape, axis);
  const from = index < 0 && typeof size === 'number' ? index + size : index;
  // From the last element of an axis of unknown size, everything that is left is one.
  const one = slice(b, x, axis, from, from === -1 ? 2 ** 31 - 1 : from + 1, 1);
  const shape = x.shape.filter((_, at) => at !== axis);
  return b.one({ operator: 'Squeeze', inputs: [one, b.int64s([axis])], outputs: [{ shape, type: x.type }] });
}

export const sliceOf: NodeImport = (context, node) => {
  const x = context.need(node, 0);
  const inputs = node.input.map((_, index) => context.input(node, index));
  const [starts, ends] = [context.known(inputs[1] ?? null)?.entries, context.known(inputs[2] ?? null)?.entries];
  const axes = node.input.length > 3 ? context.integers(node, 3) : x.shape.map((_, axis) => axis);
  const steps = node.input.length > 4 ? context.integers(node, 4) : (axes?.map(() => 1) ?? null);
  if (axes === null) return context.fail(node, 'axes that are not constant', 'constant axes');
  const shape = [...x.shape];
  axes.forEach((given, at) => {
    const axis = given < 0 ? given + x.shape.length : given;
    shape[axis] = slicedSize(context, dimension(x.shape, axis), [starts?.[at], ends?.[at], steps?.[at]]);
  });
  const value = context.copy(node, inputs, shape, x.type);
  const known = context.known(x);
  const [start, end] = [starts?.[0], ends?.[0]];
  if (
    known !== null &&
    x.shape.length === 1 &&
    steps?.[0] === 1 &&
    typeof start === 'number' &&
    typeof end === 'number'
  ) {
    const entries = known.entries.slice(start, end);
    context.know(value, { shape: [entries.length], entries });
  }
  return value;
};

type Entry = number | string | undefined;

function slicedSize(
  context: ImportContext,
  size: number | string,
  [start, end, step]: readonly Entry[],
): number | string {
  if (step !== 1) return context.fresh();
  const whole = typeof end === 'number' && end >= 2 ** 31 - 1;
  if (start === 0 && (whole || end === size)) return size;
  if (start === 0 && typeof end === 'string') return end;
  if (typeof size !== 'number' || typeof start !== 'number' || typeof end !== 'number') return context.fresh();
  const at = (given: number) => Math.max(0, Math.min(size, given < 0 ? given + size : given));
  return Math.max(0, at(end) - at(start));
}

export const concatenate: NodeImport = (context, node) => {
  const parts = node.input.map((_, index) => context.need(node, index));
  const [first] = parts;
  if (first === undefined) return context.fail(node, 'no parts', 'at least one');
  const given = intOf(node, 'axis', 0);
  const axis = given < 0 ? given + first.shape.length : given;
  const sizes = parts.map((part) => dimension(part.shape, axis));
  const numbers = sizes.filter((size) => typeof size === 'number');
  const sum = numbers.length === sizes.length ? numbers.reduce((total, size) => total + size, 0) : context.fresh();
  const shape = first.shape.map((size, at) => (at === axis ? sum : size));
  const value = context.encoder.b.one({
    operator: 'Concat',
    inputs: parts,
    attributes: { axis: int(axis) },
    outputs: [{ shape, type: first.type }],
  });
  const known = parts.map((part) => context.known(part)?.entries ?? null);
  const entries = known.flatMap((part) => part ?? []);
  if (known.every((part) => part !== null) && shape.length === 1)
    context.know(value, { shape: [entries.length], entries });
  return value;
};

export const transposeBy: NodeImport = (context, node) => {
  const x = context.need(node, 0);
  return transpose(context.encoder.b, x, intsOf(node, 'perm') ?? x.shape.map((_, axis) => x.shape.length - 1 - axis));
};

export const gatherMany: NodeImport = (context, node) => {
  const [x, indices] = [context.need(node, 0), context.need(node, 1)];
  const taken = indices.shape.at(-1);
  if (typeof taken !== 'number' || intOf(node, 'batch_dims', 0) !== 0) {
    return context.fail(node, 'indices of an unknown length', 'a known length, no batch axes');
  }
  return context.copy(node, [x, indices], [...indices.shape.slice(0, -1), ...x.shape.slice(taken)], x.type);
};

/** Axes as an attribute before opset 18 (13 for sums), as an input since. */
export const reduction: NodeImport = (context, node) => {
  const x = context.need(node, 0);
  const axes =
    node.input.length > 1 ? context.integers(node, 1) : (intsOf(node, 'axes') ?? x.shape.map((_, axis) => axis));
  const operator = reductions.find((name) => name === node.opType);
  if (axes === null || operator === undefined) return context.fail(node, 'axes that are not constant', 'constant axes');
  return reduce(context.encoder.b, operator, x, axes, intOf(node, 'keepdims', 1) === 1 ? 'keep' : 'drop');
};

const reductions = ['ReduceSum', 'ReduceMean', 'ReduceMax'] as const;

/** Sets all of the node's outputs itself, and gives the first. */
export const splitParts: NodeImport = (context, node) => {
  const x = context.need(node, 0);
  const given = intOf(node, 'axis', 0);
  const axis = given < 0 ? given + x.shape.length : given;
  const size = dimension(x.shape, axis);
  const even = typeof size === 'number' ? node.output.map(() => size / node.output.length) : null;
  const sizes = node.input.length > 1 ? context.integers(node, 1) : even;
  if (sizes === null || sizes.some((part) => !Number.isInteger(part))) {
    return context.fail(node, 'parts of unknown sizes', 'constant or equal sizes');
  }
  const parts = split(context.encoder.b, x, axis, sizes);
  node.output.forEach((name, index) => {
    const part = parts[index];
    if (part !== undefined) context.set(name, part);
  });
  return parts[0] ?? x;
};

export const tile: NodeImport = (context, node) => {
  const [x, repeats] = [context.need(node, 0), context.need(node, 1)];
  const times = context.known(repeats)?.entries;
  const shape: Shape = x.shape.map((size, axis) => product([size, times?.[axis] ?? context.fresh()]));
  return context.copy(node, [x, repeats], shape, x.type);
};
