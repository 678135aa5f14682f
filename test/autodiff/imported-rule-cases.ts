import { int, type Value } from '../../src/onnx/graph.ts';
import type { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { add, multiply, unary } from '../../src/onnx/operators.ts';
import { never, type RuleCase } from './rule-case.ts';

const positive = (b: GraphBuilder, x: Value) => add(b, multiply(b, x, x), b.floats([0.5]));

/** What ONNX exports add to the operators that are differentiated. */
export const importedRuleCases: readonly RuleCase[] = [
  {
    operator: 'Unsqueeze',
    what: 'in the middle',
    shapes: [[3, 7]],
    build: (b, x = never()) =>
      b.one({ operator: 'Unsqueeze', inputs: [x, b.int64s([1])], outputs: [{ shape: [3, 1, 7] }] }),
  },
  {
    operator: 'Squeeze',
    what: 'in the middle',
    shapes: [[3, 1, 7]],
    build: (b, x = never()) => b.one({ operator: 'Squeeze', inputs: [x, b.int64s([1])], outputs: [{ shape: [3, 7] }] }),
  },
  {
    operator: 'Flatten',
    what: 'after two axes',
    shapes: [[2, 3, 4]],
    build: (b, x = never()) =>
      b.one({ operator: 'Flatten', inputs: [x], attributes: { axis: int(2) }, outputs: [{ shape: [6, 4] }] }),
  },
  {
    operator: 'Expand',
    what: 'along two axes',
    shapes: [[3, 1]],
    build: (b, x = never()) =>
      b.one({ operator: 'Expand', inputs: [x, b.int64s([2, 3, 4])], outputs: [{ shape: [2, 3, 4] }] }),
  },
  {
    operator: 'Tile',
    what: 'along both axes',
    shapes: [[2, 3]],
    build: (b, x = never()) => b.one({ operator: 'Tile', inputs: [x, b.int64s([3, 2])], outputs: [{ shape: [6, 6] }] }),
  },
  {
    operator: 'GatherElements',
    what: 'with an index that occurs twice',
    shapes: [[2, 4]],
    build: (b, x = never()) =>
      b.one({
        operator: 'GatherElements',
        inputs: [x, b.int64s([3, 0, 3, 1, 2, 2], [2, 3])],
        attributes: { axis: int(1) },
        outputs: [{ shape: [2, 3] }],
      }),
  },
  { operator: 'Erf', what: '', shapes: [[3, 7]], build: (b, x = never()) => unary(b, 'Erf', x) },
  { operator: 'Sqrt', what: '', shapes: [[3, 7]], build: (b, x = never()) => unary(b, 'Sqrt', positive(b, x)) },
  {
    operator: 'Reciprocal',
    what: '',
    shapes: [[3, 7]],
    build: (b, x = never()) => unary(b, 'Reciprocal', positive(b, x)),
  },
];
