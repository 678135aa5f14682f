import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { concat, gemm, multiply, reduce, reshape } from '../../onnx/operators.ts';
import { countUp, shapeOf, sizeAt } from '../../onnx/sizes/run-time-sizes.ts';
import type { Head } from '../heads/heads.ts';

/**
 * One trainable linear without bias, `score`, over each sample's last token, as transformers' GPT2- and
 * LlamaForSequenceClassification have it: of a decoder, that token alone has seen all others. Rows are padded behind.
 * @param padId config.json's pad_token_id: the last token is the last that is not this one, wherever it comes from (a row
 * may end in it, where it is the end of text too); null: the last that is no padding
 */
export function lastTokenHead(labels: number, hidden: number, padId: number | null): Head {
  return {
    reading: 'all_tokens',
    tensors: [{ name: 'score.weight', shape: [labels, hidden], hasOutputRows: true }],
    ...(padId === null ? {} : { passesOver: padId }),
    logits({ b, trainable, inputIds, attentionMask }, x) {
      const last = padId === null ? lastAttended(b, attentionMask) : lastUnlike(b, inputIds, padId);
      return gemm(b, rowsAt(b, x, last, attentionMask, hidden), trainable('score.weight'), { transB: true });
    },
  };
}

/** The index of each sample's last token that is no padding. @returns int64 [batch] */
export function lastAttended(b: GraphBuilder, mask: Value): Value {
  const count = b.one({
    operator: 'ReduceSum',
    inputs: [mask, b.int64s([1])],
    attributes: { keepdims: { kind: 'int', value: 0 } },
    outputs: [{ shape: ['batch'], type: 'int64' }],
  });
  return b.one({
    operator: 'Sub',
    inputs: [count, b.int64s([1])],
    outputs: [{ shape: ['batch'], type: 'int64' }],
  });
}

/** The index of each sample's last token that is not the given one; 0 where all are. @returns int64 [batch] */
function lastUnlike(b: GraphBuilder, inputIds: Value, token: number): Value {
  const shape = ['batch', 'tokens'];
  const like = b.one({
    operator: 'Equal',
    inputs: [inputIds, b.int64s([token], [])],
    outputs: [{ shape, type: 'bool' }],
  });
  const unlike = b.one({ operator: 'Not', inputs: [like], outputs: [{ shape, type: 'bool' }] });
  const counted = b.one({
    operator: 'Cast',
    inputs: [unlike],
    attributes: { to: { kind: 'int', value: 7 } },
    outputs: [{ shape, type: 'int64' }],
  });
  const places = b.one({
    operator: 'Mul',
    inputs: [counted, countUp(b, sizeAt(b, inputIds, 1), 'tokens')],
    outputs: [{ shape, type: 'int64' }],
  });
  return b.one({
    operator: 'ReduceMax',
    inputs: [places, b.int64s([1])],
    attributes: { keepdims: { kind: 'int', value: 0 } },
    outputs: [{ shape: ['batch'], type: 'int64' }],
  });
}

/**
 * One row of each sample, picked by a product with ones and zeros: a gather's gradient would scatter.
 * @param x [batch·tokens, hidden] @param places int64 [batch] @param mask int64 [batch, tokens] @returns [batch, hidden]
 */
export function rowsAt(b: GraphBuilder, x: Value, places: Value, mask: Value, hidden: number): Value {
  const chosen = b.one({
    operator: 'OneHot',
    inputs: [places, sizeAt(b, mask, 1), b.floats([0, 1], [2])],
    outputs: [{ shape: ['batch', 'tokens'] }],
  });
  const sizes = concat(b, [shapeOf(b, mask), b.int64s([hidden])], 0);
  const bySample = reshape(b, x, ['batch', 'tokens', hidden], sizes);
  const picked = multiply(b, bySample, reshape(b, chosen, ['batch', 'tokens', 1], b.int64s([0, 0, 1])));
  return reduce(b, 'ReduceSum', picked, [1], 'drop');
}
