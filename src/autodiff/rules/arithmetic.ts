import type { Value } from '../../onnx/graph.ts';
import { keepElements } from '../../onnx/rewrites/keep-elements.ts';
import { castFloat, divide, multiply, unary } from '../../onnx/operators.ts';
import { type GradientRule, gradientOf, inputOf, outputOf } from '../gradient-rule.ts';

/** dX = dY, dZ = dY */
export const addRule: GradientRule = (context) => [gradientOf(context), gradientOf(context)];

/** dX = dY, dZ = −dY */
export const subtractRule: GradientRule = (context) => {
  const dY = gradientOf(context);
  return [dY, context.wants(1) ? unary(context.b, 'Neg', dY) : null];
};

/** dX = dY ∘ Z, dZ = dY ∘ X */
export const multiplyRule: GradientRule = (context) => {
  const { b, wants } = context;
  const dY = gradientOf(context);
  return [
    wants(0) ? multiply(b, dY, inputOf(context, 1)) : null,
    wants(1) ? multiply(b, dY, inputOf(context, 0)) : null,
  ];
};

/** dX = dY / Z, dZ = −dY ∘ Y / Z */
export const divideRule: GradientRule = (context) => {
  const { b, wants } = context;
  const dY = gradientOf(context);
  const z = inputOf(context, 1);
  return [
    wants(0) ? divide(b, dY, z) : null,
    wants(1) ? unary(b, 'Neg', divide(b, multiply(b, dY, outputOf(context, 0)), z)) : null,
  ];
};

/** Where(c, X, Z): dX = dY where c, dZ = dY where not c; a condition has no derivative. */
export const whereRule: GradientRule = (context) => {
  const { b, wants } = context;
  const dY = gradientOf(context);
  const zero = b.floats([0]);
  const choose = (yes: Value, no: Value) =>
    b.one({ operator: 'Where', inputs: [inputOf(context, 0), yes, no], outputs: [{ shape: dY.shape }] });
  return [null, wants(1) ? choose(dY, zero) : null, wants(2) ? choose(zero, dY) : null];
};

/** dX = dY ∘ keep; a mask has no derivative. */
export const keepElementsRule: GradientRule = (context) => [
  keepElements(context.b, gradientOf(context), inputOf(context, 1)),
  null,
];

/** dX = −dY */
export const negateRule: GradientRule = (context) => [unary(context.b, 'Neg', gradientOf(context))];

/** dX = dY, in X's type; only a cast between floats has a derivative. */
export const castRule: GradientRule = (context) => {
  const { type } = inputOf(context, 0);
  if (type !== 'float' && type !== 'float16') return [null];
  return [castFloat(context.b, gradientOf(context), type)];
};

/** dX = dY */
export const identityRule: GradientRule = (context) => [gradientOf(context)];
