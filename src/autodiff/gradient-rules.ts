import { isFloating, type Node } from '../onnx/graph.ts';
import type { GradientRule } from './gradient-rule.ts';
import {
  expRule,
  geluRule,
  logSoftmaxRule,
  reluRule,
  sigmoidRule,
  softmaxRule,
  tanhGeluRule,
  tanhRule,
} from './rules/activations.ts';
import {
  addRule,
  castRule,
  divideRule,
  identityRule,
  keepElementsRule,
  multiplyRule,
  negateRule,
  subtractRule,
  whereRule,
} from './rules/arithmetic.ts';
import { erfRule, expandRule, gatherElementsRule, reciprocalRule, squareRootRule, tileRule } from './rules/imported.ts';
import { concatRule, reshapeRule, sliceRule, splitRule, takeRowsRule, transposeRule } from './rules/layout.ts';
import { layerNormalizationRule, rmsNormalizationRule } from './rules/normalisation.ts';
import { batchedProductRule, frozenLinearRule, gemmRule } from './rules/products.ts';
import { reduceMeanRule, reduceSumRule, reduceSumSquareRule } from './rules/reductions.ts';

/** The operators that are differentiable. */
export const gradientRules: Readonly<Record<string, GradientRule>> = {
  Add: addRule,
  Sub: subtractRule,
  Mul: multiplyRule,
  Div: divideRule,
  Neg: negateRule,
  Where: whereRule,
  KeepElements: keepElementsRule,
  Cast: castRule,
  Identity: identityRule,
  Gemm: gemmRule,
  FusedMatMul: batchedProductRule,
  FrozenLinear: frozenLinearRule,
  Gelu: geluRule,
  FastGelu: tanhGeluRule,
  Sigmoid: sigmoidRule,
  Relu: reluRule,
  Tanh: tanhRule,
  Exp: expRule,
  Softmax: softmaxRule,
  LogSoftmax: logSoftmaxRule,
  LayerNormalization: layerNormalizationRule,
  SimplifiedLayerNormalization: rmsNormalizationRule,
  Reshape: reshapeRule,
  Transpose: transposeRule,
  Slice: sliceRule,
  TakeRows: takeRowsRule,
  Concat: concatRule,
  Unsqueeze: reshapeRule,
  Squeeze: reshapeRule,
  Flatten: reshapeRule,
  Expand: expandRule,
  Erf: erfRule,
  Tile: tileRule,
  Sqrt: squareRootRule,
  Reciprocal: reciprocalRule,
  GatherElements: gatherElementsRule,
  Split: splitRule,
  ReduceSum: reduceSumRule,
  ReduceMean: reduceMeanRule,
  ReduceSumSquare: reduceSumSquareRule,
};

/**
 * Operators whose results have no derivative: their inputs get no gradient. Everything in neither table is unsupported.
 */
const withoutSlope: ReadonlySet<string> = new Set(['Shape', 'Size', 'OneHot', 'IsNaN', 'IsInf', 'Sign']);

/** A Cast has a derivative where both its ends are floats. */
export function isDifferentiable({ operator, inputs, outputs }: Node): boolean {
  if (operator !== 'Cast') return !withoutSlope.has(operator);
  return [...inputs, ...outputs].every((value) => value !== null && isFloating(value));
}
