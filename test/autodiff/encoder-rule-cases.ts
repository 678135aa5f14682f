import { keepElements } from '../../src/onnx/keep-elements.ts';
import { add, multiply, unary } from '../../src/onnx/operators.ts';
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
];
