import { float, isFloating, type Node, type Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { add, multiply, reduce, slice, subtract, transpose, unary } from '../../onnx/operators.ts';
import { toFloat } from '../../onnx/sizes/run-time-sizes.ts';
import { dimension } from '../../onnx/sizes/shapes.ts';

/** FusedMatMul as Transpose, MatMul and Mul; a batch axis that is transposed too stays as it is. */
export function productOfParts(b: GraphBuilder, node: Node): readonly Value[] | null {
  const [x, y] = node.inputs;
  const known = Object.keys(node.attributes).every((name) => ['transA', 'transB', 'alpha'].includes(name));
  if (!known || x === undefined || x === null || y === undefined || y === null) return null;
  const left = isOne(node, 'transA') ? lastTwoSwapped(b, x) : x;
  const right = isOne(node, 'transB') ? lastTwoSwapped(b, y) : y;
  const shape = [...x.shape.slice(0, -2), dimension(left.shape, -2), dimension(right.shape, -1)];
  const product = b.one({ operator: 'MatMul', inputs: [left, right], outputs: [{ shape }] });
  const alpha = node.attributes['alpha'] ?? float(1);
  return [alpha.kind === 'float' && alpha.value !== 1 ? multiply(b, product, b.floats([alpha.value])) : product];
}

/** LogSoftmax over the last axis: x − max − log Σ exp(x − max). */
export function logSoftmaxOfParts(b: GraphBuilder, node: Node): readonly Value[] | null {
  const [x] = node.inputs;
  const axis = node.attributes['axis'];
  if (
    x === undefined ||
    x === null ||
    (axis?.kind === 'int' && axis.value !== -1 && axis.value !== x.shape.length - 1)
  ) {
    return null;
  }
  const shifted = subtract(b, x, reduce(b, 'ReduceMax', x, [-1]));
  return [subtract(b, shifted, unary(b, 'Log', reduce(b, 'ReduceSum', unary(b, 'Exp', shifted), [-1])))];
}

/** Sign as (x > 0) − (x < 0); an integer's is the host's. */
export function signOfParts(b: GraphBuilder, node: Node): readonly Value[] | null {
  const [x] = node.inputs;
  if (x === undefined || x === null || !isFloating(x)) return null;
  const beyond = (operator: 'Greater' | 'Less') =>
    toFloat(b, b.one({ operator, inputs: [x, b.floats([0])], outputs: [{ shape: x.shape, type: 'bool' }] }));
  return [subtract(b, beyond('Greater'), beyond('Less'))];
}

/**
 * SimplifiedLayerNormalization with its inverse root mean square, 1 / √(mean(x²) + ε), made apart: as that second output
 * onnxruntime 1.30's WebGPU provider gives the mean, without a word.
 */
export function rmsNormalizationOfParts(b: GraphBuilder, node: Node): readonly Value[] | null {
  const [x] = node.inputs;
  const [result, inverse] = node.outputs;
  const epsilon = node.attributes['epsilon'];
  if (x === undefined || x === null || result === undefined) return null;
  if (inverse === undefined || epsilon?.kind !== 'float') return null;
  const mean = reduce(b, 'ReduceMean', multiply(b, x, x), [-1]);
  const root = unary(b, 'Sqrt', add(b, mean, b.floats([epsilon.value])));
  return [b.one({ ...node, outputs: [result] }), unary(b, 'Reciprocal', root)];
}

/** WebGPU promises so many buffers to one shader: an operator's inputs and outputs together. */
const buffersOfShader = 8;

/** Split into more parts than a shader has buffers, as a Slice for each; their sizes are known when it is built. */
export function splitBySlices(b: GraphBuilder, node: Node): readonly Value[] | null {
  const [x] = node.inputs;
  const axis = node.attributes['axis'];
  if (x === undefined || x === null || axis?.kind !== 'int' || node.outputs.length < buffersOfShader) return null;
  const along = axis.value < 0 ? axis.value + x.shape.length : axis.value;
  let from = 0;
  const parts: Value[] = [];
  for (const { shape } of node.outputs) {
    const size = dimension(shape, along);
    if (typeof size !== 'number') return null;
    parts.push(slice(b, x, along, from, from + size, size));
    from += size;
  }
  return parts;
}

function isOne({ attributes }: Node, name: string): boolean {
  const attribute = attributes[name];
  return attribute?.kind === 'int' && attribute.value === 1;
}

function lastTwoSwapped(b: GraphBuilder, x: Value): Value {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(b, x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}
