import type { Value } from '../../onnx/graph.ts';
import { add, batchedProduct, concat, multiply, reshape, softmax, subtract, transpose } from '../../onnx/operators.ts';
import { shapeOf, toFloat } from '../../onnx/run-time-sizes.ts';
import type { EncoderContext, EncoderInputs } from '../encoder.ts';
import { applyLinear } from './linear.ts';
import type { AttendLayer, PostNormModel } from './post-norm-encoder.ts';

export const mostNegative = -3.4028234663852886e38;

/** softmax(q kᵀ / √d + mask) v over all heads, as BERT and its kin have it (arXiv 1706.03762). */
export function selfAttention(context: EncoderContext, inputs: EncoderInputs, model: PostNormModel): AttendLayer {
  const { b } = context;
  const { hidden, heads } = model.sizes;
  const size = hidden / heads;
  const split = concat(b, [shapeOf(b, inputs.inputIds), b.int64s([heads, size])], 0);
  const byHead = (x: Value) => transpose(b, reshape(b, x, ['batch', 'tokens', heads, size], split), [0, 2, 1, 3]);
  const maskBias = paddingBias(context, inputs);
  return (layer, x, asking, reading) => {
    const project = (part: 'query' | 'key' | 'value', from: Value) =>
      applyLinear(context, model.linear(layer, part), from);
    const q = project('query', asking);
    const queries =
      reading === 'first_token' ? reshape(b, q, ['batch', heads, 1, size], b.int64s([-1, heads, 1, size])) : byHead(q);
    const keys = byHead(project('key', x));
    const values = byHead(project('value', x));
    const scores = batchedProduct(b, queries, keys, { transB: true, alpha: 1 / Math.sqrt(size) });
    const mixed = batchedProduct(b, softmax(b, add(b, scores, maskBias)), values); // [batch, heads, rows, size]
    const rows = reading === 'first_token' ? 'batch' : 'batch·tokens';
    return reshape(b, transpose(b, mixed, [0, 2, 1, 3]), [rows, hidden], b.int64s([-1, hidden]));
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
