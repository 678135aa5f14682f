import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { concat, gemm, multiply, reduce, reshape } from '../../onnx/operators.ts';
import { shapeOf, sizeAt } from '../../onnx/run-time-sizes.ts';
import type { Head } from '../heads.ts';

/**
 * One trainable linear without bias, `score`, over each sample's last token, as transformers' GPT2- and
 * LlamaForSequenceClassification have it: of a decoder, that token alone has seen all others. Rows are padded behind.
 */
export function lastTokenHead(labels: number, hidden: number): Head {
  return {
    reading: 'all_tokens',
    tensors: [{ name: 'score.weight', shape: [labels, hidden] }],
    logits({ b, trainable, attentionMask }, x) {
      return gemm(b, lastTokens(b, x, attentionMask, hidden), trainable('score.weight'), { transB: true });
    },
  };
}

/**
 * The last row of each sample that is no padding, picked by a product with ones and zeros: a gather's gradient would
 * scatter. @param x [batch·tokens, hidden] @param mask int64 [batch, tokens] @returns [batch, hidden]
 */
function lastTokens(b: GraphBuilder, x: Value, mask: Value, hidden: number): Value {
  const count = b.one({
    operator: 'ReduceSum',
    inputs: [mask, b.int64s([1])],
    attributes: { keepdims: { kind: 'int', value: 0 } },
    outputs: [{ shape: ['batch'], type: 'int64' }],
  });
  const last = b.one({
    operator: 'Sub',
    inputs: [count, b.int64s([1])],
    outputs: [{ shape: ['batch'], type: 'int64' }],
  });
  const chosen = b.one({
    operator: 'OneHot',
    inputs: [last, sizeAt(b, mask, 1), b.floats([0, 1], [2])],
    outputs: [{ shape: ['batch', 'tokens'] }],
  });
  const sizes = concat(b, [shapeOf(b, mask), b.int64s([hidden])], 0);
  const bySample = reshape(b, x, ['batch', 'tokens', hidden], sizes);
  const picked = multiply(b, bySample, reshape(b, chosen, ['batch', 'tokens', 1], b.int64s([0, 0, 1])));
  return reduce(b, 'ReduceSum', picked, [1], 'drop');
}
