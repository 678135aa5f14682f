import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import {
  add,
  batchedProduct,
  castFloat,
  concat,
  divide,
  gelu,
  gemm,
  layerNormalization,
  multiply,
  reduce,
  reshape,
  slice,
  softmax,
  split,
  subtract,
  transpose,
  unary,
} from '../../src/onnx/operators.ts';
import type { Value } from '../../src/onnx/graph.ts';
import { decoderRuleCases } from './decoder-rule-cases.ts';
import { encoderRuleCases } from './encoder-rule-cases.ts';
import { importedRuleCases } from './imported-rule-cases.ts';
import { int8RuleCases } from './int8-rule-cases.ts';
import { never, type RuleCase } from './rule-case.ts';

/** Divisors are kept away from zero. */
const awayFromZero = (b: GraphBuilder, x: Value) => add(b, multiply(b, x, x), b.floats([2]));

/** Uses of every operator that is differentiable; the packing rules are held to them as well. */
export const ruleCases: readonly RuleCase[] = [
  {
    operator: 'Add',
    what: 'of equal shapes',
    shapes: [
      [3, 5],
      [3, 5],
    ],
    build: add,
  },
  {
    operator: 'Add',
    what: 'that repeats an operand',
    shapes: [
      [2, 3, 5],
      [3, 1],
    ],
    build: add,
  },
  { operator: 'Sub', what: 'that repeats an operand', shapes: [[5], [3, 5]], build: subtract },
  {
    operator: 'Mul',
    what: 'of equal shapes',
    shapes: [
      [3, 5],
      [3, 5],
    ],
    build: multiply,
  },
  {
    operator: 'Mul',
    what: 'that repeats both operands',
    shapes: [
      [3, 1],
      [2, 1, 5],
    ],
    build: multiply,
  },
  {
    operator: 'Div',
    what: 'that repeats an operand',
    shapes: [[3, 5], [5]],
    build: (b, x = never(), y = never()) => divide(b, x, awayFromZero(b, y)),
  },
  { operator: 'Neg', what: '', shapes: [[3, 5]], build: (b, x = never()) => unary(b, 'Neg', x) },
  { operator: 'Identity', what: '', shapes: [[3, 5]], build: (b, x = never()) => unary(b, 'Identity', x) },
  ...[false, true].flatMap((transA) =>
    [false, true].map(
      (transB): RuleCase => ({
        operator: 'Gemm',
        what: `with transA ${transA}, transB ${transB}, alpha and a repeated addend`,
        shapes: [transA ? [5, 3] : [3, 5], transB ? [4, 5] : [5, 4], [4]],
        build: (b, x = never(), y = never(), c = never()) => gemm(b, x, y, { transA, transB, alpha: 0.7, c }),
      }),
    ),
  ),
  ...[false, true].flatMap((transA) =>
    [false, true].map(
      (transB): RuleCase => ({
        operator: 'FusedMatMul',
        what: `with transA ${transA}, transB ${transB} and alpha`,
        shapes: [transA ? [2, 3, 5, 4] : [2, 3, 4, 5], transB ? [2, 3, 6, 5] : [2, 3, 5, 6]],
        build: (b, x = never(), y = never()) => batchedProduct(b, x, y, { transA, transB, alpha: 0.6 }),
      }),
    ),
  ),
  { operator: 'Gelu', what: '', shapes: [[3, 7]], build: (b, x = never()) => gelu(b, x) },
  { operator: 'Tanh', what: '', shapes: [[3, 7]], build: (b, x = never()) => unary(b, 'Tanh', x) },
  {
    operator: 'Exp',
    what: '',
    shapes: [[3, 4]],
    build: (b, x = never()) => unary(b, 'Exp', multiply(b, x, b.floats([0.5]))),
  },
  { operator: 'Softmax', what: 'over the last axis', shapes: [[2, 3, 7]], build: (b, x = never()) => softmax(b, x) },
  {
    operator: 'LogSoftmax',
    what: 'over the last axis',
    shapes: [[3, 7]],
    build: (b, x = never()) => softmax(b, x, 'LogSoftmax'),
  },
  {
    operator: 'LayerNormalization',
    what: 'with scale and bias',
    shapes: [[3, 7], [7], [7]],
    build: (b, x = never(), scale = never(), bias = never()) => layerNormalization(b, x, scale, bias, 1e-5),
  },
  { operator: 'Reshape', what: '', shapes: [[3, 8]], build: (b, x = never()) => reshape(b, x, [2, 4, 3]) },
  {
    operator: 'Transpose',
    what: 'of four axes',
    shapes: [[2, 3, 4, 5]],
    build: (b, x = never()) => transpose(b, x, [0, 2, 3, 1]),
  },
  {
    operator: 'Slice',
    what: 'from the middle',
    shapes: [[3, 7, 2]],
    build: (b, x = never()) => slice(b, x, 1, 2, 5, 3),
  },
  {
    operator: 'Concat',
    what: 'of unequal parts',
    shapes: [
      [3, 2],
      [3, 5],
    ],
    build: (b, x = never(), y = never()) => concat(b, [x, y], 1),
  },
  {
    operator: 'Split',
    what: 'with a part that nobody reads',
    shapes: [[3, 7]],
    build: (b, x = never()) => {
      const [first = x, , third = x] = split(b, x, 1, [2, 3, 2]);
      return multiply(b, first, third);
    },
  },
  {
    operator: 'ReduceSum',
    what: 'keeping axes',
    shapes: [[2, 3, 5]],
    build: (b, x = never()) => reduce(b, 'ReduceSum', x, [1]),
  },
  {
    operator: 'ReduceSum',
    what: 'dropping axes',
    shapes: [[2, 3, 5]],
    build: (b, x = never()) => reduce(b, 'ReduceSum', x, [0, 2], 'drop'),
  },
  {
    operator: 'ReduceMean',
    what: 'dropping axes',
    shapes: [[2, 3, 5]],
    build: (b, x = never()) => reduce(b, 'ReduceMean', x, [-1], 'drop'),
  },
  {
    operator: 'ReduceSumSquare',
    what: 'keeping axes',
    shapes: [[3, 5]],
    build: (b, x = never()) => reduce(b, 'ReduceSumSquare', x, [0]),
  },
  {
    operator: 'Cast',
    what: 'to the type that it has: rounding has no slope that differences would show',
    shapes: [[3, 5]],
    build: (b, x = never()) => castFloat(b, x, 'float'),
  },
  ...decoderRuleCases,
  ...int8RuleCases,
  ...encoderRuleCases,
  ...importedRuleCases,
];
