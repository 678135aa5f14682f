import { frozenLinear } from '../../src/onnx/rewrites/quantised-linear.ts';
import { never, type RuleCase } from './rule-case.ts';

/** [out, in] of 4 by 7, whose columns int8 holds exactly. */
const elements = Array.from({ length: 28 }, (_, i) => ((i * 37) % 255) - 127);
const scales = Array.from({ length: 7 }, (_, column) => 0.002 + 0.001 * column);

export const int8RuleCases: readonly RuleCase[] = [
  {
    operator: 'FrozenLinear',
    what: 'whose weight int8 holds exactly: only the gradient of its result is rounded',
    shapes: [[3, 7]],
    build: (b, x = never()) => {
      const weight = b.floats(
        elements.map((element, i) => element * (scales[i % 7] ?? 0)),
        [4, 7],
      );
      const backward = { elements: b.int8s(elements, [4, 7]), scales: b.floats(scales) };
      return frozenLinear(b, x, { forward: { weight, transposed: true }, backward, bias: b.floats([1, 2, 3, 4]) });
    },
  },
];
