import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { add, batchedProduct, concat, reshape, softmax, transpose } from '../../onnx/operators.ts';
import { countUp, integers, shapeOf, sizeAt } from '../../onnx/sizes/run-time-sizes.ts';
import type { EncoderInputs, Past } from '../encoder.ts';
import { earlierOfOwnText, tokenPositions } from './token-positions.ts';

const mostNegative = -3.4028234663852886e38;

/** Query heads share keys and values in groups (arXiv 2305.13245); as many of each: plain attention. */
export interface HeadCounts {
  readonly heads: number;
  /** Divides `heads`. */
  readonly keyHeads: number;
  readonly headSize: number;
}

/** The values that the attention of all layers shares. */
export interface CausalGrid {
  readonly counts: HeadCounts;
  /** int64 [2]: batch, tokens */
  readonly sizes: Value;
  /** int64 [5]: batch, key heads, group, tokens, keys */
  readonly scoreShape: Value;
  /** Name of the axis of keys: the tokens', or theirs behind those before. */
  readonly keyAxis: string;
  /**
   * [batch, 1, 1, tokens, keys]: 0 where a token (fourth axis) attends to another (fifth), else the most negative
   * number
   */
  readonly maskBias: Value;
}

const unsqueeze = (b: GraphBuilder, x: Value, axes: readonly number[], shape: readonly (number | string)[]) =>
  b.one({ operator: 'Unsqueeze', inputs: [x, b.int64s(axes)], outputs: [{ shape, type: x.type }] });

/** A token attends to itself and to earlier ones that are no padding. */
export function causalGrid(b: GraphBuilder, inputs: EncoderInputs, counts: HeadCounts): CausalGrid {
  if (inputs.past !== undefined) return gridBehind(b, inputs, inputs.past, counts);
  if (inputs.severalTexts === true) return gridOfTexts(b, inputs, counts);
  const tokens = sizeAt(b, inputs.inputIds, 1);
  const positions = countUp(b, tokens, 'tokens');
  const reached = b.one({
    operator: 'LessOrEqual',
    inputs: [unsqueeze(b, positions, [0], [1, 'tokens']), unsqueeze(b, positions, [1], ['tokens', 1])],
    outputs: [{ shape: ['tokens', 'tokens'], type: 'bool' }],
  });
  const kept = b.one({
    operator: 'Greater',
    inputs: [inputs.attentionMask, b.int64s([0], [])],
    outputs: [{ shape: ['batch', 'tokens'], type: 'bool' }],
  });
  const shape = ['batch', 1, 1, 'tokens', 'tokens'];
  const allowed = b.one({
    operator: 'And',
    inputs: [unsqueeze(b, kept, [1, 2, 3], ['batch', 1, 1, 1, 'tokens']), reached],
    outputs: [{ shape, type: 'bool' }],
  });
  const maskBias = b.one({
    operator: 'Where',
    inputs: [allowed, b.floats([0]), b.floats([mostNegative])],
    outputs: [{ shape }],
  });
  return gridOf(b, inputs, counts, maskBias, [tokens, 'tokens']);
}

/** Of rows of several texts: a token attends to itself and to earlier ones of its own. */
function gridOfTexts(b: GraphBuilder, inputs: EncoderInputs, counts: HeadCounts): CausalGrid {
  const tokens = sizeAt(b, inputs.inputIds, 1);
  const reached = earlierOfOwnText(b, inputs.attentionMask);
  const shape = ['batch', 1, 1, 'tokens', 'tokens'];
  const maskBias = b.one({
    operator: 'Where',
    inputs: [unsqueeze(b, reached, [1, 2], shape), b.floats([0]), b.floats([mostNegative])],
    outputs: [{ shape }],
  });
  return gridOf(b, inputs, counts, maskBias, [tokens, 'tokens']);
}

/** A token attends to itself and to all before, those that are no longer given too; none is padding. */
function gridBehind(b: GraphBuilder, inputs: EncoderInputs, past: Past, counts: HeadCounts): CausalGrid {
  const keyAxis = 'past+tokens';
  const tokens = sizeAt(b, inputs.inputIds, 1);
  const keys = integers(b, 'Add', past.tokens, tokens);
  const positions = tokenPositions(b, inputs);
  const reached = b.one({
    operator: 'LessOrEqual',
    inputs: [unsqueeze(b, countUp(b, keys, keyAxis), [0], [1, keyAxis]), unsqueeze(b, positions, [1], ['tokens', 1])],
    outputs: [{ shape: ['tokens', keyAxis], type: 'bool' }],
  });
  const maskBias = b.one({
    operator: 'Where',
    inputs: [reached, b.floats([0]), b.floats([mostNegative])],
    outputs: [{ shape: ['tokens', keyAxis] }],
  });
  return gridOf(b, inputs, counts, maskBias, [keys, keyAxis]);
}

function gridOf(
  b: GraphBuilder,
  inputs: EncoderInputs,
  counts: HeadCounts,
  maskBias: Value,
  [keys, keyAxis]: readonly [count: Value, axis: string],
): CausalGrid {
  const { heads, keyHeads } = counts;
  const groups = b.int64s([keyHeads, heads / keyHeads]);
  return {
    counts,
    sizes: shapeOf(b, inputs.inputIds),
    scoreShape: concat(b, [sizeAt(b, inputs.inputIds, 0), groups, sizeAt(b, inputs.inputIds, 1), keys], 0),
    keyAxis,
    maskBias,
  };
}

/** [batch·tokens, heads·size] → [batch, tokens, heads, size] */
export function splitHeads(b: GraphBuilder, x: Value, grid: CausalGrid, heads: number): Value {
  const { headSize } = grid.counts;
  const target = concat(b, [grid.sizes, b.int64s([heads, headSize])], 0);
  return reshape(b, x, ['batch', 'tokens', heads, headSize], target);
}

/**
 * softmax(scale · q kᵀ + mask) v. The heads of a group stand below one another, so keys and values are never repeated.
 * @param queries [batch, tokens, heads, size]
 * @param keys [batch, tokens, key heads, size]
 * @param values as keys
 * @returns [batch·tokens, heads·size]
 */
export function groupedAttention(
  b: GraphBuilder,
  { queries, keys, values }: { readonly queries: Value; readonly keys: Value; readonly values: Value },
  grid: CausalGrid,
  scale: number,
): Value {
  const { heads, keyHeads, headSize } = grid.counts;
  const group = heads / keyHeads;
  const grouped = reshape(
    b,
    queries,
    ['batch', 'tokens', keyHeads, group, headSize],
    b.int64s([0, 0, keyHeads, group, headSize]),
  );
  const stacked = reshape(
    b,
    transpose(b, grouped, [0, 2, 3, 1, 4]),
    ['batch', keyHeads, `${group}·tokens`, headSize],
    b.int64s([0, keyHeads, -1, headSize]),
  );
  const byHead = (x: Value) => transpose(b, x, [0, 2, 1, 3]);
  const scores = batchedProduct(b, stacked, byHead(keys), { transB: true, alpha: scale });
  const apart = reshape(b, scores, ['batch', keyHeads, group, 'tokens', grid.keyAxis], grid.scoreShape);
  const weights = softmax(b, add(b, apart, grid.maskBias));
  const together = reshape(b, weights, scores.shape, shapeOf(b, scores));
  const mixed = batchedProduct(b, together, byHead(values)); // [batch, key heads, group·tokens, size]
  const byGroup = reshape(
    b,
    mixed,
    ['batch', keyHeads, group, 'tokens', headSize],
    b.int64s([0, 0, group, -1, headSize]),
  );
  const width = heads * headSize;
  return reshape(b, transpose(b, byGroup, [0, 3, 1, 2, 4]), ['batch·tokens', width], b.int64s([-1, width]));
}
