import type { NodeProto } from '../../onnx/generated/onnx_pb.ts';
import type { Value } from '../../onnx/graph.ts';
import {
  batchedProduct,
  concat,
  gelu,
  gemm,
  layerNormalization,
  multiply,
  reshape,
  softmax,
  tanhGelu,
} from '../../onnx/operators.ts';
import { sizeAt } from '../../onnx/sizes/run-time-sizes.ts';
import { floatOf, intOf, textOf } from './attributes.ts';
import type { ImportContext } from './import-context.ts';
import { looseBroadcast, type NodeImport } from './import-sizes.ts';
import { product } from './symbolic.ts';

/** Operators on numbers. */

export const alike: NodeImport = (context, node) => {
  const x = context.need(node, 0);
  const inputs = node.input.map((_, index) => context.input(node, index));
  const value = context.copy(node, inputs, x.shape, x.type);
  if (node.opType === 'Identity') context.know(value, context.known(x));
  return value;
};

export const boolean: NodeImport = (context, node) => {
  const inputs = node.input.map((_, index) => context.need(node, index));
  return context.copy(node, inputs, inputs.map((input) => input.shape).reduce(looseBroadcast), 'bool');
};

export const extreme: NodeImport = (context, node) => {
  const inputs = node.input.map((_, index) => context.need(node, index));
  const shape = inputs.map((input) => input.shape).reduce(looseBroadcast);
  return context.copy(node, inputs, shape, inputs[0]?.type ?? 'float');
};

export const power: NodeImport = (context, node) => {
  const [x, exponent] = [context.need(node, 0), context.need(node, 1)];
  const constant = context.scalar(exponent);
  if (constant === 2) return multiply(context.encoder.b, x, x);
  return context.copy(node, [x, exponent], looseBroadcast(x.shape, exponent.shape), x.type);
};

export const softmaxOf: NodeImport = (context, node) => {
  const x = context.need(node, 0);
  const axis = intOf(node, 'axis', -1);
  if (axis !== -1 && axis !== x.shape.length - 1) return context.fail(node, `axis ${axis}`, 'the last axis');
  return softmax(context.encoder.b, x, node.opType === 'Softmax' ? 'Softmax' : 'LogSoftmax');
};

export const layerNormalizationOf: NodeImport = (context, node) => {
  const x = context.need(node, 0);
  const axis = intOf(node, 'axis', -1);
  const [scale, bias] = [context.input(node, 1), context.input(node, 2)];
  if ((axis !== -1 && axis !== x.shape.length - 1) || scale === null || bias === null) {
    return context.fail(node, `axis ${axis}`, 'the last axis, with scale and bias');
  }
  return layerNormalization(context.encoder.b, x, scale, bias, floatOf(node, 'epsilon', 1e-5));
};

export const geluOf: NodeImport = (context, node) => {
  const x = context.need(node, 0);
  return textOf(node, 'approximate', 'none') === 'tanh' ? tanhGelu(context.encoder.b, x) : gelu(context.encoder.b, x);
};

export const matrixProduct: NodeImport = (context, node) => {
  const { b, trainable } = context.encoder;
  const x = context.need(node, 0);
  const own = context.headLinears.get(node.output[0] ?? '');
  if (own !== undefined) {
    // A trained weight is [out, in], however the export has it.
    return productWithMatrix(context, node, x, (rows) =>
      gemm(b, rows, trainable(`${own.name}.weight`), { transB: true }),
    );
  }
  const y = context.need(node, 1);
  if (y.shape.length === 2) return productWithMatrix(context, node, x, (rows) => gemm(b, rows, y));
  return batchedProduct(b, x, y);
};

export const gemmOf: NodeImport = (context, node) => {
  const [x, y, c] = [context.need(node, 0), context.need(node, 1), context.input(node, 2)];
  if (floatOf(node, 'alpha', 1) !== 1 || floatOf(node, 'beta', 1) !== 1 || intOf(node, 'transA', 0) !== 0) {
    return context.fail(node, 'alpha, beta or transA', 'a plain product and sum');
  }
  const transB = intOf(node, 'transB', 0) === 1;
  const addend = c === null ? {} : { c };
  return productWithMatrix(context, node, x, (rows) => gemm(context.encoder.b, rows, y, { transB, ...addend }));
};

/** All leading axes as rows, the adapter where the node is a linear, and the axes again. */
function productWithMatrix(
  context: ImportContext,
  node: NodeProto,
  x: Value,
  multiplyRows: (rows: Value) => Value,
): Value {
  const { b, adapt } = context.encoder;
  const width = x.shape.at(-1);
  if (typeof width !== 'number') return context.fail(node, 'a last axis of unknown size', 'a known number of features');
  const leading = x.shape.slice(0, -1);
  const flat = leading.length === 1;
  const rows = flat ? x : reshape(b, x, [product(leading), width], b.int64s([-1, width]));
  const linear = context.linears.get(node.output[0] ?? '');
  const y = multiplyRows(rows);
  const adapted = linear === undefined ? y : adapt(linear.name, rows, y);
  if (flat) return adapted;
  const features = y.shape.at(-1) ?? 1;
  const sizes = leading.map((_, axis) => sizeAt(b, x, axis));
  const target = concat(b, [...sizes, b.int64s([Number(features)])], 0);
  return reshape(b, adapted, [...leading, features], target);
}
