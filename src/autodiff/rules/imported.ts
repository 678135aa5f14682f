import { concat, divide, multiply, reduce, reshape, unary } from '../../onnx/operators.ts';
import { shapeOf } from '../../onnx/sizes/run-time-sizes.ts';
import { int, intAttribute, type Value } from '../../onnx/graph.ts';
import { type GradientRule, gradientOf, inputOf, outputOf } from '../gradient-rule.ts';

/** dX = dY; the walk sums over what was repeated */
export const expandRule: GradientRule = (context) => [gradientOf(context)];

/** dX = dY · 2/√π · exp(−x²) */
export const erfRule: GradientRule = (context) => {
  const { b } = context;
  const x = inputOf(context, 0);
  const slope = multiply(b, unary(b, 'Exp', unary(b, 'Neg', multiply(b, x, x))), b.floats([2 / Math.sqrt(Math.PI)]));
  return [multiply(b, gradientOf(context), slope)];
};

/** dX = dY / (2 y) */
export const squareRootRule: GradientRule = (context) => {
  const { b } = context;
  return [divide(b, gradientOf(context), multiply(b, outputOf(context, 0), b.floats([2])))];
};

/** dX = −dY · y² */
export const reciprocalRule: GradientRule = (context) => {
  const { b } = context;
  const y = outputOf(context, 0);
  return [unary(b, 'Neg', multiply(b, gradientOf(context), multiply(b, y, y)))];
};

/** dX = the sum of dY's copies: each axis apart as (repeats, size), summed over the repeats */
export const tileRule: GradientRule = (context) => {
  const { b } = context;
  const [x, repeats] = [inputOf(context, 0), inputOf(context, 1)];
  const rank = x.shape.length;
  const column = (vector: Value) => reshape(b, vector, [rank, 1]);
  const pairs = reshape(b, concat(b, [column(repeats), column(shapeOf(b, x))], 1), [2 * rank]);
  const apart = reshape(
    b,
    gradientOf(context),
    x.shape.flatMap((size, axis) => [`repeats${axis}`, size]),
    pairs,
  );
  const axes = x.shape.map((_, axis) => 2 * axis);
  return [reduce(b, 'ReduceSum', apart, axes, 'drop')];
};

/** dX = dY added up where each element was taken from; an index may occur more than once */
export const gatherElementsRule: GradientRule = (context) => {
  const { b, node } = context;
  const x = inputOf(context, 0);
  const zeros: Value = b.one({
    operator: 'Expand',
    inputs: [b.floats([0]), shapeOf(b, x)],
    outputs: [{ shape: x.shape }],
  });
  return [
    b.one({
      operator: 'ScatterElements',
      inputs: [zeros, inputOf(context, 1), gradientOf(context)],
      attributes: { axis: int(intAttribute(node, 'axis', 0)), reduction: { kind: 'string', value: 'add' } },
      outputs: [{ shape: x.shape }],
    }),
  ];
};
