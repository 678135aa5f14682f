import { add, multiply, reduce, subtract, unary } from '../../onnx/operators.ts';
import { type GradientRule, gradientOf, inputOf, outputOf } from '../gradient-rule.ts';

const inverseSqrt2 = Math.SQRT1_2;
const logOfInverseRootPi = -0.5 * Math.log(Math.PI);

/** dX = dY ∘ (Φ(x) + x φ(x)), with u = x/√2: Φ = ½ + ½ erf(u), as the forward operator, and x φ(x) = u exp(−u²) / √π */
export const geluRule: GradientRule = (context) => {
  const { b } = context;
  const u = multiply(b, inputOf(context, 0), b.floats([inverseSqrt2]));
  const cdf = add(b, multiply(b, unary(b, 'Erf', u), b.floats([0.5])), b.floats([0.5]));
  const bell = unary(b, 'Exp', subtract(b, b.floats([logOfInverseRootPi]), multiply(b, u, u)));
  return [multiply(b, gradientOf(context), add(b, cdf, multiply(b, u, bell)))];
};

const rootOf2ByPi = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

/** dX = dY ∘ ½ ((1 + t) + x (1 − t²) u′) with t = tanh(u), u = √(2/π) (x + 0.044715 x³) */
export const tanhGeluRule: GradientRule = (context) => {
  const { b } = context;
  const x = inputOf(context, 0);
  const constant = (value: number) => b.floats([value]);
  const square = multiply(b, x, x);
  const inner = add(b, constant(rootOf2ByPi), multiply(b, square, constant(rootOf2ByPi * cubic)));
  const slopeOfInner = add(b, constant(rootOf2ByPi), multiply(b, square, constant(3 * rootOf2ByPi * cubic)));
  const t = unary(b, 'Tanh', multiply(b, x, inner));
  const bend = subtract(b, constant(1), multiply(b, t, t));
  const slope = add(b, add(b, constant(1), t), multiply(b, multiply(b, x, bend), slopeOfInner));
  return [multiply(b, gradientOf(context), multiply(b, slope, constant(0.5)))];
};

/** dX = dY ∘ y (1 − y) */
export const sigmoidRule: GradientRule = (context) => {
  const { b } = context;
  const y = outputOf(context, 0);
  return [multiply(b, gradientOf(context), multiply(b, y, subtract(b, b.floats([1]), y)))];
};

/** dX = dY where y > 0, else 0, as PyTorch has it at 0 */
export const reluRule: GradientRule = (context) => {
  const { b } = context;
  return [multiply(b, gradientOf(context), unary(b, 'Sign', outputOf(context, 0)))];
};

/** dX = dY ∘ (1 − y²) */
export const tanhRule: GradientRule = (context) => {
  const { b } = context;
  const y = outputOf(context, 0);
  return [multiply(b, gradientOf(context), subtract(b, b.floats([1]), multiply(b, y, y)))];
};

/** dX = dY ∘ y */
export const expRule: GradientRule = (context) => [multiply(context.b, gradientOf(context), outputOf(context, 0))];

/** dX = y ∘ (dY − Σ dY ∘ y), the sum over the last axis */
export const softmaxRule: GradientRule = (context) => {
  const { b } = context;
  const y = outputOf(context, 0);
  const weighted = multiply(b, gradientOf(context), y);
  return [subtract(b, weighted, multiply(b, y, reduce(b, 'ReduceSum', weighted, [-1])))];
};

/** dX = dY − softmax(x) Σ dY, the sum over the last axis */
export const logSoftmaxRule: GradientRule = (context) => {
  const { b } = context;
  const dY = gradientOf(context);
  const probabilities = unary(b, 'Exp', outputOf(context, 0));
  return [subtract(b, dY, multiply(b, probabilities, reduce(b, 'ReduceSum', dY, [-1])))];
};
