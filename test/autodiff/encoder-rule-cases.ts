import { keepElements } from '../../src/onnx/rewrites/keep-elements.ts';
import { add, multiply, unary } from '../../src/onnx/operators.ts';
import { takeRows } from '../../src/onnx/rewrites/take-rows.ts';
import { never, type RuleCase } from './rule-case.ts';

/** What encoders after BERT add to the operators that are differentiated. */
export const encoderRuleCases: readonly RuleCase[] = [
  {
    operator: 'Relu',
    what: 'away from its corner',
    shapes: [[3, 7]],
    build: (b, x = never()) => unary(b, 'Relu', add(b, multiply(b, x, b.floats([0.01])), b.floats([-1, 1], [2, 1, 1]))),
  },
  {
    operator: 'KeepElements',
    what: 'where some of each row are dropped',
    shapes: [[3, 7]],
    build: (b, x = never()) =>
      keepElements(
        b,
        x,
        b.uint8s(
          Array.from({ length: 21 }, (_, i) => Number(i % 4 !== 1)),
          [3, 7],
        ),
      ),
  },
  {
    operator: 'Where',
    what: 'of both sides, broadcast',
    shapes: [[3, 7], [7]],
    build: (b, x = never(), y = never()) =>
      b.one({
        operator: 'Where',
        inputs: [
          b.one({
            operator: 'Greater',
            inputs: [b.floats([1, -1, 1], [3, 1]), b.floats([0])],
            outputs: [{ shape: [3, 1], type: 'bool' }],
          }),
          x,
          y,
        ],
        outputs: [{ shape: x.shape }],
      }),
  },
  {
    operator: 'TakeRows',
    what: 'in another order, over two axes',
    shapes: [[6, 7]],
    build: (b, x = never()) =>
      takeRows(b, x, { numbers: b.int64s([4, 2, 0, 5, 1, 3], [2, 3]), back: b.int64s([2, 4, 1, 5, 0, 3]) }),
  },
  {
    operator: 'TakeRows',
    what: 'of which some are left out',
    shapes: [[4, 7]],
    build: (b, x = never()) =>
      takeRows(b, x, { numbers: b.int64s([3, 1]), back: b.int64s([2, 1, 2, 0]), leavesOut: true }),
  },
];
