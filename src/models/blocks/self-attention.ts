import type { Value } from '../../onnx/graph.ts';
import { add, batchedProduct, concat, multiply, reshape, softmax, subtract, transpose } from '../../onnx/operators.ts';
import { shapeOf, toFloat } from '../../onnx/sizes/run-time-sizes.ts';
import type { EncoderContext, EncoderInputs } from '../encoder.ts';
import { applyLinear } from './linear.ts';
import type { AttendLayer, PostNormModel } from './post-norm-encoder.ts';
import { type HeadRows, headRows } from './token-rows.ts';

export const mostNegative = -3.4028234663852886e38;

/** softmax(q kᵀ / √d + mask) v over all heads, as BERT and its kin have it (arXiv 1706.03762). */
export function selfAttention(context: EncoderContext, inputs: EncoderInputs, model: PostNormModel): AttendLayer {
  const { b } = context;
  const { hidden, heads } = model.sizes;
  const size = hidden / heads;
  const { tokenRows } = inputs;
  const rowsOfHeads =
    tokenRows === undefined ? paddedRows(context, inputs, heads, size) : headRows(b, tokenRows, heads, size);
  const maskBias = paddingBias(context, inputs);
  return (layer, x, asking, reading) => {
    const project = (part: 'query' | 'key' | 'value', from: Value) =>
      applyLinear(context, model.linear(layer, part), from);
    const q = project('query', asking);
    const queries =
      reading === 'first_token'
        ? reshape(b, q, ['batch', heads, 1, size], b.int64s([-1, heads, 1, size]))
        : rowsOfHeads.split(q);
    const keys = rowsOfHeads.split(project('key', x));
    const values = rowsOfHeads.split(project('value', x));
    const scores = batchedProduct(b, queries, keys, { transB: true, alpha: 1 / Math.sqrt(size) });
    const mixed = batchedProduct(b, softmax(b, add(b, scores, maskBias)), values); // [batch, heads, rows, size]
    if (reading === 'all_tokens') return rowsOfHeads.join(mixed);
    return reshape(b, transpose(b, mixed, [0, 2, 1, 3]), ['batch', hidden], b.int64s([-1, hidden]));
  };
}

/** Of rows for each place of a batch. */
function paddedRows({ b }: EncoderContext, inputs: EncoderInputs, heads: number, size: number): HeadRows {
  const sizes = concat(b, [shapeOf(b, inputs.inputIds), b.int64s([heads, size])], 0);
  const hidden = heads * size;
  return {
    split: (x) => transpose(b, reshape(b, x, ['batch', 'tokens', heads, size], sizes), [0, 2, 1, 3]),
    join: (x) => reshape(b, transpose(b, x, [0, 2, 1, 3]), ['batch·tokens', hidden], b.int64s([-1, hidden])),
  };
}

/** [batch, 1, 1, tokens]: 0 where a token is attended to, else the most negative number. */
function paddingBias({ b }: EncoderContext, inputs: EncoderInputs): Value {
  const kept = toFloat(b, inputs.attentionMask);
  const dropped = multiply(b, subtract(b, b.floats([1]), kept), b.floats([mostNegative]));
  return b.one({
    operator: 'Unsqueeze',
    inputs: [dropped, b.int64s([1, 2])],
    outputs: [{ shape: ['batch', 1, 1, 'tokens'] }],
  });
}
