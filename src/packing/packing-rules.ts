import type { PackingRule } from './packing-rule.ts';
import { alongAxisRule, broadcastRule, elementRule } from './rules/elements.ts';
import {
  alignedRule,
  axesInputRule,
  expandRule,
  gatherRule,
  reshapeRule,
  shapeRule,
  sizeRule,
  splitRule,
  transposeRule,
} from './rules/layout.ts';
import { batchedProductRule, gemmRule, rowsRule } from './rules/products.ts';
import { reductionRule } from './rules/reductions.ts';
import { scanRule } from './rules/scan.ts';

const all = (operators: readonly string[], rule: PackingRule) =>
  Object.fromEntries(operators.map((operator) => [operator, rule]));

/** Operators that are packed as one; every other goes member by member. */
export const packingRules: Readonly<Record<string, PackingRule>> = {
  ...all(
    ['Add', 'Sub', 'Mul', 'Div', 'Min', 'Max', 'Pow', 'Where', 'Equal', 'Greater', 'And', 'KeepElements'],
    broadcastRule,
  ),
  ...all(['Neg', 'Exp', 'Log', 'Sqrt', 'Erf', 'Tanh', 'Relu', 'Sign', 'Sigmoid', 'Reciprocal'], elementRule),
  ...all(['Identity', 'Cast', 'Not', 'IsNaN', 'IsInf', 'Gelu', 'FastGelu'], elementRule),
  ...all(['Softmax', 'LogSoftmax', 'LayerNormalization', 'SimplifiedLayerNormalization'], alongAxisRule),
  ...all(['ReduceSum', 'ReduceMean', 'ReduceSumSquare', 'ReduceMax', 'ReduceMin'], reductionRule),
  ...all(['Unsqueeze', 'Squeeze'], axesInputRule(1)),
  ...all(['Slice', 'Pad'], axesInputRule(3)),
  ...all(['FrozenLinear', 'QuantisedProduct'], rowsRule),
  ...all(['Concat', 'GatherElements'], alignedRule),
  Gemm: gemmRule,
  FusedMatMul: batchedProductRule,
  Reshape: reshapeRule,
  Transpose: transposeRule,
  Split: splitRule,
  Gather: gatherRule,
  Expand: expandRule,
  Shape: shapeRule,
  Size: sizeRule,
  Scan: scanRule,
};
