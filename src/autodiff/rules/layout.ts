import { int, intAttribute, type Value } from '../../onnx/graph.ts';
import { concat, gatherRows, reshape, slice, transpose } from '../../onnx/operators.ts';
import { dimension, shapeError, shapeText } from '../../onnx/sizes/shapes.ts';
import { type GradientRule, gradientOf, inputOf, type RuleContext } from '../gradient-rule.ts';

/** dX = dY in x's shape */
export const reshapeRule: GradientRule = (context) => {
  const x = inputOf(context, 0);
  return [reshape(context.b, gradientOf(context), x.shape, runTimeShape(context, x)), null];
};

function runTimeShape({ b }: RuleContext, x: Value): Value | undefined {
  if (x.shape.every((size) => typeof size === 'number')) return undefined;
  return b.one({ operator: 'Shape', inputs: [x], outputs: [{ shape: [x.shape.length], type: 'int64' }] });
}

/** dX = dY with the axes put back */
export const transposeRule: GradientRule = (context) => {
  const order = context.node.attributes['perm'];
  if (order?.kind !== 'ints') throw new Error(`${context.node.name} has no order of axes`);
  const back = order.value.map((_, axis) => order.value.indexOf(axis));
  return [transpose(context.b, gradientOf(context), back)];
};

/** dX = dY's rows, each from where it stands; zeros for those that stand nowhere */
export const takeRowsRule: GradientRule = (context) => {
  const { b, node } = context;
  const dY = gradientOf(context);
  const columns = dimension(dY.shape, -1);
  const rows =
    dY.shape.length === 2
      ? dY
      : reshape(b, dY, [dY.shape.slice(0, -1).join('·'), columns], b.int64s([-1, Number(columns)]));
  const zeros = Array.from({ length: Number(columns) }, () => 0);
  const all =
    intAttribute(node, 'leaves_out', 0) === 1 ? concat(b, [rows, b.floats(zeros, [1, zeros.length])], 0) : rows;
  return [gatherRows(b, all, inputOf(context, 2)), null, null];
};

/** dX = dY with zeros where the slice did not reach; for a slice from 0 along one axis */
export const sliceRule: GradientRule = (context) => {
  const { b } = context;
  const x = inputOf(context, 0);
  const dY = gradientOf(context);
  const axis = x.shape.findIndex((size, index) => size !== dY.shape[index]);
  if (axis < 0) return [dY];
  const sizeOf = (value: Value) => {
    const shape = b.one({
      operator: 'Shape',
      inputs: [value],
      outputs: [{ shape: [value.shape.length], type: 'int64' }],
    });
    return b.one({
      operator: 'Gather',
      inputs: [shape, b.int64s([axis])],
      attributes: { axis: int(0) },
      outputs: [{ shape: [1], type: 'int64' }],
    });
  };
  const from = inputOf(context, 1);
  const missing = b.one({
    operator: 'Sub',
    inputs: [
      b.one({ operator: 'Sub', inputs: [sizeOf(x), sizeOf(dY)], outputs: [{ shape: [1], type: 'int64' }] }),
      from,
    ],
    outputs: [{ shape: [1], type: 'int64' }],
  });
  const pads = b.one({
    operator: 'Concat',
    inputs: [from, missing],
    attributes: { axis: int(0) },
    outputs: [{ shape: [2], type: 'int64' }],
  });
  const padded = b.one({
    operator: 'Pad',
    inputs: [dY, pads, b.floats([0]), b.int64s([axis])],
    outputs: [{ shape: x.shape }],
  });
  return [padded];
};

/** dXᵢ = the i-th part of dY */
export const concatRule: GradientRule = (context) => {
  const { b, node, wants } = context;
  const dY = gradientOf(context);
  const axis = intAttribute(node, 'axis', 0);
  let from = 0;
  return node.inputs.map((_, index) => {
    const size = dimension(inputOf(context, index).shape, axis);
    if (typeof size !== 'number') throw shapeError(node.name, shapeText(dY.shape), 'parts of known size');
    from += size;
    return wants(index) ? slice(b, dY, axis, from - size, from, size) : null;
  });
};

/** dX = the gradients of the parts, one after another; zeros for parts that nothing depends on */
export const splitRule: GradientRule = (context) => {
  const { b, node } = context;
  const axis = intAttribute(node, 'axis', 0);
  const parts = node.outputs.map((output, index) => context.outputGradients[index] ?? zerosLike(context, output));
  return [
    b.one({
      operator: 'Concat',
      inputs: parts,
      attributes: { axis: int(axis) },
      outputs: [{ shape: inputOf(context, 0).shape }],
    }),
  ];
};

function zerosLike({ b }: RuleContext, value: Value): Value {
  const count = value.shape.reduce<number>((product, size) => product * Number(size), 1);
  return b.floats(
    Array.from({ length: count }, () => 0),
    value.shape,
  );
}
