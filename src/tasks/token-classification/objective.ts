import { int, type Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { divide, elementwise, multiply, reduce, reshape, softmax, unary } from '../../onnx/operators.ts';
import { toFloat } from '../../onnx/sizes/run-time-sizes.ts';
import type { TaskObjective } from '../task.ts';

export const objective: TaskObjective = {
  head: ({ label_names: names }) => ({ of: 'tokens', outputs: names.length, linear: 'classifier' }),
  loss: () => ({ reads: 'logits', labels: { type: 'int64', columns: 'tokens' }, build: meanOverTagged }),
  knownBound: ({ label_names: names }) => Math.log(names.length),
};

/**
 * Cross-entropy, the mean over all tokens of the batch that have a tag, as transformers' ForTokenClassification.
 * @param logits [batch, tokens, tags] @param labels int64 [batch, tokens], −100 where there is none
 */
function meanOverTagged(b: GraphBuilder, logits: Value, labels: Value): Value {
  const tags = logits.shape.at(-1);
  if (typeof tags !== 'number') throw new RangeError('a task has a fixed number of tags');
  const none = b.one({
    operator: 'Less',
    inputs: [labels, b.int64s([0], [])],
    outputs: [{ shape: labels.shape, type: 'bool' }],
  });
  const counted = toFloat(
    b,
    b.one({ operator: 'Not', inputs: [none], outputs: [{ shape: none.shape, type: 'bool' }] }),
  );
  const known = elementwise(b, 'Max', labels, b.int64s([0], []));
  const chosen = b.one({
    operator: 'OneHot',
    inputs: [known, b.int64s([tags]), b.floats([0, 1], [2])],
    outputs: [{ shape: logits.shape }],
    attributes: { axis: int(-1) },
  });
  const picked = reduce(b, 'ReduceSum', multiply(b, softmax(b, logits, 'LogSoftmax'), chosen), [-1], 'drop');
  const flat = (x: Value) => reshape(b, x, ['batch·tokens'], b.int64s([-1]));
  const total = reduce(b, 'ReduceSum', flat(multiply(b, picked, counted)), [0], 'drop');
  const count = elementwise(b, 'Max', reduce(b, 'ReduceSum', flat(counted), [0], 'drop'), b.floats([1]));
  return unary(b, 'Neg', divide(b, total, count));
}
