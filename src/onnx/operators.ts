import { present } from '../base/defect.ts';
import { float, int, ints, type Shape, type Value } from './graph.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { broadcastShape, dimension, sameShape, shapeError, shapeText } from './sizes/shapes.ts';

/** The operators that models, adapters and gradients are made of, with the shapes of their results. */

type Elementwise = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Min' | 'Max' | 'Pow';
type Unary =
  | 'Neg'
  | 'Exp'
  | 'Log'
  | 'Sqrt'
  | 'Erf'
  | 'Tanh'
  | 'Relu'
  | 'Sign'
  | 'Sigmoid'
  | 'Cos'
  | 'Sin'
  | 'Reciprocal'
  | 'Identity';

export function elementwise(b: GraphBuilder, operator: Elementwise, x: Value, y: Value): Value {
  return b.one({
    operator,
    inputs: [x, y],
    outputs: [{ shape: broadcastShape(x.shape, y.shape, operator), type: x.type }],
  });
}

export const add = (b: GraphBuilder, x: Value, y: Value): Value => elementwise(b, 'Add', x, y);
export const subtract = (b: GraphBuilder, x: Value, y: Value): Value => elementwise(b, 'Sub', x, y);
export const multiply = (b: GraphBuilder, x: Value, y: Value): Value => elementwise(b, 'Mul', x, y);
export const divide = (b: GraphBuilder, x: Value, y: Value): Value => elementwise(b, 'Div', x, y);

export function unary(b: GraphBuilder, operator: Unary, x: Value): Value {
  return b.one({ operator, inputs: [x], outputs: [{ shape: x.shape, type: x.type }] });
}

/** The value rounded to float16, or widened from it. */
export function castFloat(b: GraphBuilder, x: Value, type: 'float' | 'float16'): Value {
  return b.one({
    operator: 'Cast',
    inputs: [x],
    attributes: { to: int(floatTypes[type]) },
    outputs: [{ shape: x.shape, type }],
  });
}

/** ONNX's numbers of them. */
const floatTypes = { float: 1, float16: 10 } as const;

/** The exact (erf) GELU; ONNX has it as one operator since opset 20. */
export function gelu(b: GraphBuilder, x: Value): Value {
  return b.one({ operator: 'Gelu', domain: 'com.microsoft', inputs: [x], outputs: [{ shape: x.shape }] });
}

/** ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))): what transformers calls gelu_new and gelu_pytorch_tanh. */
export function tanhGelu(b: GraphBuilder, x: Value): Value {
  return b.one({ operator: 'FastGelu', domain: 'com.microsoft', inputs: [x], outputs: [{ shape: x.shape }] });
}

export interface GemmOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly alpha?: number;
  /** Added to the product; broadcast to its shape. */
  readonly c?: Value;
}

/** alpha · op(a) · op(b) + c, all of two axes. */
export function gemm(b: GraphBuilder, x: Value, y: Value, options: GemmOptions = {}): Value {
  const { transA = false, transB = false, alpha = 1, c } = options;
  if (x.shape.length !== 2 || y.shape.length !== 2) {
    throw shapeError('Gemm', `${shapeText(x.shape)} by ${shapeText(y.shape)}`, 'two axes each');
  }
  const inner = [dimension(x.shape, transA ? 0 : 1), dimension(y.shape, transB ? 1 : 0)];
  if (inner[0] !== inner[1]) {
    throw shapeError(
      `Gemm of ${x.name} and ${y.name}`,
      `${shapeText(x.shape)} by ${shapeText(y.shape)}`,
      'one inner size',
    );
  }
  const shape = [dimension(x.shape, transA ? 1 : 0), dimension(y.shape, transB ? 0 : 1)];
  return b.one({
    operator: 'Gemm',
    inputs: c === undefined ? [x, y] : [x, y, c],
    attributes: { transA: int(Number(transA)), transB: int(Number(transB)), alpha: float(alpha) },
    outputs: [{ shape, type: x.type }],
  });
}

/** alpha · op(x) · op(y) over the last two axes; the leading ones are equal. */
export function batchedProduct(
  b: GraphBuilder,
  x: Value,
  y: Value,
  options: { readonly transA?: boolean; readonly transB?: boolean; readonly alpha?: number } = {},
): Value {
  const { transA = false, transB = false, alpha = 1 } = options;
  const leading = x.shape.slice(0, -2);
  const inner = [dimension(x.shape, transA ? -2 : -1), dimension(y.shape, transB ? -1 : -2)];
  if (!sameShape(leading, y.shape.slice(0, -2)) || inner[0] !== inner[1]) {
    throw shapeError('FusedMatMul', `${shapeText(x.shape)} by ${shapeText(y.shape)}`, 'equal leading and inner sizes');
  }
  const shape = [...leading, dimension(x.shape, transA ? -1 : -2), dimension(y.shape, transB ? -2 : -1)];
  return b.one({
    operator: 'FusedMatMul',
    domain: 'com.microsoft',
    inputs: [x, y],
    attributes: { transA: int(Number(transA)), transB: int(Number(transB)), alpha: float(alpha) },
    outputs: [{ shape }],
  });
}

export function transpose(b: GraphBuilder, x: Value, order: readonly number[]): Value {
  const shape = order.map((axis) => dimension(x.shape, axis));
  return b.one({
    operator: 'Transpose',
    inputs: [x],
    attributes: { perm: ints(order) },
    outputs: [{ shape, type: x.type }],
  });
}

/** @param to the target as a run-time int64 vector where `shape` has names */
export function reshape(b: GraphBuilder, x: Value, shape: Shape, to?: Value): Value {
  const target = to ?? b.int64s(shape.map((size) => (typeof size === 'number' ? size : notStatic(x, shape))));
  return b.one({ operator: 'Reshape', inputs: [x, target], outputs: [{ shape, type: x.type }] });
}

function notStatic(x: Value, shape: Shape): never {
  throw shapeError(`Reshape of ${x.name}`, shapeText(shape), 'known sizes, or a run-time target');
}

export function softmax(b: GraphBuilder, x: Value, operator: 'Softmax' | 'LogSoftmax' = 'Softmax'): Value {
  return b.one({ operator, inputs: [x], attributes: { axis: int(-1) }, outputs: [{ shape: x.shape }] });
}

/** Over the last axis. Three outputs: the result, the mean, the inverse standard deviation. */
export function layerNormalization(b: GraphBuilder, x: Value, scale: Value, bias: Value, epsilon: number): Value {
  const reduced = [...x.shape.slice(0, -1), 1];
  const [result] = b.add({
    operator: 'LayerNormalization',
    inputs: [x, scale, bias],
    attributes: { axis: int(-1), epsilon: float(epsilon) },
    outputs: [{ shape: x.shape }, { shape: reduced }, { shape: reduced }],
  });
  return present(result, `LayerNormalization of ${x.name}`);
}

/** x / √(mean(x²) + ε) · scale over the last axis. Two outputs: the result, the inverse root mean square. */
export function rmsNormalization(b: GraphBuilder, x: Value, scale: Value, epsilon: number): Value {
  const [result] = b.add({
    operator: 'SimplifiedLayerNormalization',
    inputs: [x, scale],
    attributes: { axis: int(-1), epsilon: float(epsilon) },
    outputs: [{ shape: x.shape }, { shape: [...x.shape.slice(0, -1), 1] }],
  });
  return present(result, `SimplifiedLayerNormalization of ${x.name}`);
}

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceSumSquare' | 'ReduceMax' | 'ReduceMin';

export function reduce(
  b: GraphBuilder,
  operator: Reduction,
  x: Value,
  axes: readonly number[],
  keep: 'keep' | 'drop' = 'keep',
): Value {
  const reduced = new Set(axes.map((axis) => (axis < 0 ? axis + x.shape.length : axis)));
  const shape =
    keep === 'keep'
      ? x.shape.map((size, axis) => (reduced.has(axis) ? 1 : size))
      : x.shape.filter((_, axis) => !reduced.has(axis));
  return b.one({
    operator,
    inputs: [x, b.int64s([...reduced])],
    attributes: { keepdims: int(Number(keep === 'keep')) },
    outputs: [{ shape }],
  });
}

/** x[..., from:to, ...] along one axis; `to` may exceed the size. */
export function slice(b: GraphBuilder, x: Value, axis: number, from: number, to: number, size: number | string): Value {
  const shape = x.shape.map((old, index) => (index === axis ? size : old));
  return b.one({
    operator: 'Slice',
    inputs: [x, b.int64s([from]), b.int64s([to]), b.int64s([axis])],
    outputs: [{ shape, type: x.type }],
  });
}

export function concat(b: GraphBuilder, parts: readonly Value[], axis: number): Value {
  const [first] = parts;
  if (first === undefined) throw shapeError('Concat', 'no parts', 'at least one');
  const shape = first.shape.map((size, index) =>
    index === axis ? sumOf(parts.map((p) => dimension(p.shape, axis))) : size,
  );
  return b.one({
    operator: 'Concat',
    inputs: parts,
    attributes: { axis: int(axis) },
    outputs: [{ shape, type: first.type }],
  });
}

function sumOf(sizes: readonly (number | string)[]): number | string {
  if (sizes.every((size) => typeof size === 'number')) return sizes.reduce((sum, size) => sum + size, 0);
  return sizes.join('+');
}

export function split(b: GraphBuilder, x: Value, axis: number, sizes: readonly number[]): readonly Value[] {
  const outputs = sizes.map((size) => ({ shape: x.shape.map((old, index) => (index === axis ? size : old)) }));
  return b.add({ operator: 'Split', inputs: [x, b.int64s(sizes)], attributes: { axis: int(axis) }, outputs });
}

/** Rows of a table by number: [..., columns] for indices [...]. */
export function gatherRows(b: GraphBuilder, table: Value, indices: Value): Value {
  const outputs = [{ shape: [...indices.shape, ...table.shape.slice(1)], type: table.type }];
  return b.one({ operator: 'Gather', inputs: [table, indices], attributes: { axis: int(0) }, outputs });
}
