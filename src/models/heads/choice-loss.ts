import { int, type Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { add, multiply, reduce, reshape, softmax, split, subtract, unary } from '../../onnx/operators.ts';
import { toFloat } from '../../onnx/sizes/run-time-sizes.ts';
import type { Loss } from './losses.ts';

/** Far below any score, and far from the end of float32. */
const unlikely = 1e30;

/**
 * Cross-entropy of the right choice among a row's own, of which there may be fewer than columns: labels are the right one
 * and how many there are.
 * @param most columns of the logits
 */
export function choiceLoss(most: number): Loss {
  return {
    reads: 'logits',
    labels: { type: 'int64', columns: 2 },
    build(b, logits, labels) {
      const [right, count] = split(b, labels, 1, [1, 1]).map((part) => ({ ...part, type: 'int64' as const }));
      if (right === undefined || count === undefined) throw new Error('a split into two gives two');
      const own = ownChoices(b, count, most);
      const beyond = multiply(b, subtract(b, own, b.floats([1])), b.floats([unlikely]));
      const logs = softmax(b, add(b, logits, beyond), 'LogSoftmax');
      const chosen = b.one({
        operator: 'OneHot',
        inputs: [reshape(b, right, ['batch'], b.int64s([-1])), b.int64s([most]), b.floats([0, 1], [2])],
        attributes: { axis: int(-1) },
        outputs: [{ shape: logits.shape }],
      });
      const picked = reduce(b, 'ReduceSum', multiply(b, logs, chosen), [-1], 'drop');
      return unary(b, 'Neg', reduce(b, 'ReduceMean', picked, [0], 'drop'));
    },
  };
}

/** 1 where a column is one of the row's choices, else 0. [batch, most] */
function ownChoices(b: GraphBuilder, count: Value, most: number): Value {
  const numbers = b.int64s(
    Array.from({ length: most }, (_, choice) => choice),
    [1, most],
  );
  const shape = ['batch', most];
  const isOwn = b.one({ operator: 'Less', inputs: [numbers, count], outputs: [{ shape, type: 'bool' }] });
  return toFloat(b, isOwn);
}
