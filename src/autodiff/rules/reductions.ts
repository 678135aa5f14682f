import type { Value } from '../../onnx/graph.ts';
import { divide, multiply, reshape } from '../../onnx/operators.ts';
import { type GradientRule, gradientOf, inputOf, outputOf, type RuleContext } from '../gradient-rule.ts';

/** dX = dY, repeated along the axes that were summed */
export const reduceSumRule: GradientRule = (context) => [repeat(context, gradientOf(context))];

/** dX = dY / n, repeated; n = elements of x per element of y */
export const reduceMeanRule: GradientRule = (context) => {
  const { b } = context;
  const repeated = repeat(context, gradientOf(context));
  const size = (value: Value) => {
    const count = b.one({ operator: 'Size', inputs: [value], outputs: [{ shape: [], type: 'int64' }] });
    return b.one({
      operator: 'Cast',
      inputs: [count],
      attributes: { to: { kind: 'int', value: 1 } },
      outputs: [{ shape: [] }],
    });
  };
  return [multiply(b, repeated, divide(b, size(outputOf(context, 0)), size(inputOf(context, 0))))];
};

/** dX = 2 dY ∘ x, dY repeated */
export const reduceSumSquareRule: GradientRule = (context) => {
  const { b } = context;
  return [multiply(b, repeat(context, gradientOf(context)), multiply(b, inputOf(context, 0), b.floats([2])))];
};

function repeat(context: RuleContext, dY: Value): Value {
  const { b } = context;
  const x = inputOf(context, 0);
  const axes = reducedAxes(context, x);
  const kept = x.shape.map((size, axis) => (axes.has(axis) ? 1 : size));
  const unsqueezed =
    dY.shape.length === x.shape.length
      ? dY
      : b.one({ operator: 'Unsqueeze', inputs: [dY, b.int64s([...axes])], outputs: [{ shape: kept }] });
  if (x.shape.every((size) => size === 1)) return reshape(b, unsqueezed, x.shape);
  const shape = b.one({ operator: 'Shape', inputs: [x], outputs: [{ shape: [x.shape.length], type: 'int64' }] });
  return b.one({ operator: 'Expand', inputs: [unsqueezed, shape], outputs: [{ shape: x.shape }] });
}

function reducedAxes(context: RuleContext, x: Value): ReadonlySet<number> {
  const axes = context.b.integersOf(inputOf(context, 1));
  return new Set(axes.map((axis) => (axis < 0 ? axis + x.shape.length : axis)));
}
