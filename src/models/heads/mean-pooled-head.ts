import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { concat, divide, multiply, reduce, reshape } from '../../onnx/operators.ts';
import { shapeOf, toFloat } from '../../onnx/sizes/run-time-sizes.ts';
import { firstTokenClassifier, type Head } from './heads.ts';

/** One trainable linear over the mean of the last layer's rows that are no padding, as sentence encoders pool. */
export function meanPooledHead(labels: number, hidden: number): Head {
  const linear = firstTokenClassifier(labels, hidden);
  return {
    ...linear,
    reading: 'all_tokens',
    logits: (context, x) => linear.logits(context, meanOfTokens(context.b, x, context.attentionMask, hidden)),
  };
}

/** @param x [batch·tokens, hidden] @param mask int64 [batch, tokens] @returns [batch, hidden] */
function meanOfTokens(b: GraphBuilder, x: Value, mask: Value, hidden: number): Value {
  const sizes = concat(b, [shapeOf(b, mask), b.int64s([hidden])], 0);
  const bySample = reshape(b, x, ['batch', 'tokens', hidden], sizes);
  const kept = reshape(b, toFloat(b, mask), ['batch', 'tokens', 1], b.int64s([0, 0, 1]));
  const sum = reduce(b, 'ReduceSum', multiply(b, bySample, kept), [1], 'drop');
  return divide(b, sum, reduce(b, 'ReduceSum', kept, [1], 'drop'));
}
