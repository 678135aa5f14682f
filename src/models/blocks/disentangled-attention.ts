import type { Shape, Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import {
  add,
  batchedProduct,
  concat,
  gatherRows,
  layerNormalization,
  reshape,
  softmax,
  transpose,
} from '../../onnx/operators.ts';
import { integers, sizeAt } from '../../onnx/sizes/run-time-sizes.ts';
import type { EncoderContext, EncoderInputs, TableRows } from '../encoder.ts';
import { firstTokens } from './first-token.ts';
import { applyLinear, type BlockLinear } from './linear.ts';
import type { AttendLayer, PostNormModel } from './post-norm-encoder.ts';
import { type RelativePositions, spanOf, tableRows } from './relative-buckets.ts';
import { mostNegative } from './self-attention.ts';

export interface DisentangledAttention {
  /** The frozen table of relative positions [2·span, hidden]. */
  readonly table: string;
  /** A layer normalisation of the table; null: as it is. */
  readonly tableNorm: { readonly name: string; readonly epsilon: number } | null;
  readonly positions: RelativePositions;
  /** Hidden dropout of the table's rows, below the layer's name. */
  readonly positionDropout: string;
  /** Rows are no longer than this. */
  readonly tokenLimit: number;
  /** Which linear of a layer makes the positions' keys (content to position); null: no such term. */
  readonly positionKey: ((layer: string) => BlockLinear) | null;
  /** Which makes their queries (position to content). */
  readonly positionQuery: ((layer: string) => BlockLinear) | null;
}

/** The values that all layers share. */
interface Grid {
  /** int64 [1] each */
  readonly batch: Value;
  readonly tokens: Value;
  /** bool [batch, tokens, tokens]: both are no padding. */
  readonly allowed: Value;
  /** The table's row for distance tokens − 1 − j, and for j − tokens + 1. */
  readonly descending: DistanceRows;
  readonly ascending: DistanceRows;
}

/** A row of the table for each of 2·tokens distances. */
interface DistanceRows {
  /** [distances, hidden] */
  readonly rows: Value;
  /** Which they are of the table. */
  readonly table: TableRows;
}

/**
 * Disentangled attention (arXiv 2006.03654, 2111.09543): content to content, content to position, position to content.
 * A position term is a product with one row for each distance, 2·tokens of them, skewed so that its columns become
 * keys: slices and reshapes in place of a gather, whose backward would scatter on one thread. The products themselves
 * have the heads before the samples, so that all samples share the positions' side.
 */
export function disentangledAttention(settings: DisentangledAttention) {
  return (context: EncoderContext, inputs: EncoderInputs, model: PostNormModel): AttendLayer => {
    const { b } = context;
    const { hidden, heads } = model.sizes;
    const size = hidden / heads;
    const grid = makeGrid(context, inputs, hidden, settings);
    const terms = 1 + Number(settings.positionKey !== null) + Number(settings.positionQuery !== null);
    const alpha = 1 / Math.sqrt(size * terms);
    /** [rows, hidden] → [heads, rows, size] */
    const byHead = (x: Value, rows: string) =>
      transpose(b, reshape(b, x, [rows, heads, size], b.int64s([-1, heads, size])), [1, 0, 2]);
    const bySample = (x: Value): Value => {
      const shape = concat(b, [b.int64s([heads]), grid.batch, b.int64s([-1]), b.int64s([size])], 0);
      return reshape(b, x, [heads, 'batch', 'tokens', size], shape);
    };
    return (layer, x, _asking, reading) => {
      const project = (part: 'query' | 'key' | 'value') =>
        byHead(applyLinear(context, model.linear(layer, part), x), 'batch·tokens');
      const [queries, keys, values] = [project('query'), project('key'), project('value')];
      const projectRows = (linear: BlockLinear, { rows, table }: DistanceRows) => {
        // Dropped once in a layer: both terms see the same rows without the same elements.
        const kept = context.drop(`${layer}.${settings.positionDropout}`, rows, table);
        return byHead(applyLinear(context, linear, kept, table), '2·tokens');
      };
      const scores = [batchedProduct(b, bySample(queries), bySample(keys), { transB: true, alpha })];
      if (settings.positionKey !== null) {
        const positions = projectRows(settings.positionKey(layer), grid.descending);
        scores.push(skew(b, batchedProduct(b, queries, positions, { transB: true, alpha }), grid));
      }
      if (settings.positionQuery !== null) {
        const positions = projectRows(settings.positionQuery(layer), grid.ascending);
        const byKey = skew(b, batchedProduct(b, keys, positions, { transB: true, alpha }), grid);
        scores.push(transpose(b, byKey, [0, 1, 3, 2]));
      }
      const sum = scores.reduce((total, term) => add(b, total, term));
      const masked = b.one({
        operator: 'Where',
        inputs: [grid.allowed, sum, b.floats([mostNegative])],
        outputs: [{ shape: sum.shape }],
      });
      const mixed = batchedProduct(b, softmax(b, masked), bySample(values)); // [heads, batch, tokens, size]
      const flat = reshape(b, transpose(b, mixed, [1, 2, 0, 3]), ['batch·tokens', hidden], b.int64s([-1, hidden]));
      return reading === 'first_token' ? firstTokens(b, flat, inputs, hidden) : flat;
    };
  };
}

function makeGrid(
  context: EncoderContext,
  inputs: EncoderInputs,
  hidden: number,
  settings: DisentangledAttention,
): Grid {
  const { b, weight } = context;
  const [batch, tokens] = [sizeAt(b, inputs.inputIds, 0), sizeAt(b, inputs.inputIds, 1)];
  const kept = b.one({
    operator: 'Greater',
    inputs: [inputs.attentionMask, b.int64s([0], [])],
    outputs: [{ shape: ['batch', 'tokens'], type: 'bool' }],
  });
  const unsqueeze = (axis: number, shape: Shape) =>
    b.one({ operator: 'Unsqueeze', inputs: [kept, b.int64s([axis])], outputs: [{ shape, type: 'bool' }] });
  const allowed = b.one({
    operator: 'And',
    inputs: [unsqueeze(1, ['batch', 1, 'tokens']), unsqueeze(2, ['batch', 'tokens', 1])],
    outputs: [{ shape: ['batch', 'tokens', 'tokens'], type: 'bool' }],
  });
  const stored = weight(settings.table, [2 * spanOf(settings.positions), hidden]);
  const norm = settings.tableNorm;
  const table =
    norm === null
      ? stored
      : layerNormalization(
          b,
          stored,
          weight(`${norm.name}.weight`, [hidden]),
          weight(`${norm.name}.bias`, [hidden]),
          norm.epsilon,
        );
  const rowsOf = (distances: number[]): DistanceRows => {
    const all = b.int64s(tableRows(distances, settings.positions));
    const numbers = middle(b, all, settings.tokenLimit, tokens);
    return { rows: gatherRows(b, table, numbers), table: { size: 2 * spanOf(settings.positions), numbers } };
  };
  const ascending = Array.from({ length: 2 * settings.tokenLimit }, (_, i) => i - settings.tokenLimit + 1);
  return {
    batch,
    tokens,
    allowed,
    ascending: rowsOf(ascending),
    descending: rowsOf(ascending.map((distance) => -distance)),
  };
}

/** Entries limit − tokens to limit + tokens of an int64 vector: those of the distances that occur. */
function middle(b: GraphBuilder, all: Value, limit: number, tokens: Value): Value {
  return b.one({
    operator: 'Slice',
    inputs: [
      all,
      integers(b, 'Sub', b.int64s([limit]), tokens),
      integers(b, 'Add', b.int64s([limit]), tokens),
      b.int64s([0]),
    ],
    outputs: [{ shape: ['2·tokens'], type: 'int64' }],
  });
}

/**
 * y[…, i, k] = x[…, i, k − i + tokens − 1]. In x's rows laid end to end, 2·tokens each, the wanted entries of row i
 * begin at tokens − 1 + i (2·tokens − 1).
 * @param x [heads, batch·tokens, 2·tokens] @returns [heads, batch, tokens, tokens]
 */
function skew(b: GraphBuilder, x: Value, { batch, tokens }: Grid): Value {
  const heads = b.int64s([Number(x.shape[0])]);
  const one = b.int64s([1]);
  const double = integers(b, 'Add', tokens, tokens);
  const stride = integers(b, 'Sub', double, one);
  const begin = integers(b, 'Sub', tokens, one);
  const end = integers(b, 'Add', begin, integers(b, 'Mul', tokens, stride));
  const leading = [x.shape[0] ?? 1, 'batch'] as const;
  const flat = reshape(b, x, [...leading, '2·tokens·tokens'], concat(b, [heads, batch, b.int64s([-1])], 0));
  const cut = b.one({
    operator: 'Slice',
    inputs: [flat, begin, end, b.int64s([2])],
    outputs: [{ shape: [...leading, 'tokens·stride'] }],
  });
  const rows = reshape(b, cut, [...leading, 'tokens', 'stride'], concat(b, [heads, batch, tokens, stride], 0));
  return b.one({
    operator: 'Slice',
    inputs: [rows, b.int64s([0]), tokens, b.int64s([3])],
    outputs: [{ shape: [...leading, 'tokens', 'tokens'] }],
  });
}
