import { int, type Value } from '../../onnx/graph.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import {
  concat,
  divide,
  elementwise,
  gatherRows,
  gemm,
  multiply,
  reduce,
  reshape,
  softmax,
  subtract,
  unary,
} from '../../onnx/operators.ts';
import { integers, sizeAt, toFloat } from '../../onnx/sizes/run-time-sizes.ts';
import { dimension } from '../../onnx/sizes/shapes.ts';

/** Labels that take no part in the loss. */
const ignored = -100;
/** Scores of a chunk: 64 MiB, twice or thrice while they are reduced, and rows enough for the product to be fast. */
const scoresAtOnce = 2 ** 24;

export interface ProjectedLoss {
  /** [] */
  readonly loss: Value;
  /** d loss / d hidden, of hidden's shape */
  readonly gradient: Value;
}

/**
 * Cross-entropy of each next token, the mean over the labels of the whole batch that are not −100; 0 where all are.
 * The scores [rows, vocabulary] are made, reduced and dropped chunk by chunk, and each chunk gives its own gradient
 * (softmax(h Wᵀ) − onehot(label)) W on the way, so that nothing of it is kept or computed again for the backward pass.
 * As transformers' ForCausalLMLoss.
 * @param hidden [batch·tokens, hidden]
 * @param projection [vocabulary, hidden]
 * @param labels int64 [batch, tokens]; a token's label stands at its own place: the shift by one is made here
 * @param rowsAtOnce rows of a chunk at most
 */
export function languageModelLoss(
  b: GraphBuilder,
  hidden: Value,
  projection: Value,
  labels: Value,
  rowsAtOnce: number = rowsOfChunk(projection),
): ProjectedLoss {
  const next = nextTokens(b, labels);
  const counted = toFloat(
    b,
    b.one({ operator: 'Not', inputs: [equals(b, next)], outputs: [{ shape: next.shape, type: 'bool' }] }),
  );
  const parts = { hidden, labels: next, rowsAtOnce };
  const [logLikelihoods, slopes] = scanChunks(b, parts, projection, true);
  if (slopes === undefined) throw new Error('a chunk gives its slopes');
  const count = elementwise(b, 'Max', reduce(b, 'ReduceSum', counted, [0], 'drop'), b.floats([1]));
  const total = reduce(b, 'ReduceSum', multiply(b, logLikelihoods, counted), [0], 'drop');
  const column = reshape(b, divide(b, counted, count), ['batch·tokens', 1], b.int64s([-1, 1]));
  return { loss: unary(b, 'Neg', divide(b, total, count)), gradient: multiply(b, slopes, column) };
}

/**
 * The log-likelihood of the token that follows each, chunk by chunk too; of the last, which none follows, that of some
 * token.
 * @param inputIds int64 [batch, tokens]
 * @returns [batch·tokens]
 */
export function nextTokenLikelihoods(b: GraphBuilder, hidden: Value, projection: Value, inputIds: Value): Value {
  const parts = { hidden, labels: nextTokens(b, inputIds), rowsAtOnce: rowsOfChunk(projection) };
  return scanChunks(b, parts, projection, false)[0];
}

function rowsOfChunk(projection: Value): number {
  return Math.max(1, Math.floor(scoresAtOnce / Number(projection.shape[0])));
}

function equals(b: GraphBuilder, labels: Value): Value {
  return b.one({
    operator: 'Equal',
    inputs: [labels, b.int64s([ignored], [])],
    outputs: [{ shape: labels.shape, type: 'bool' }],
  });
}

/** The label one place to the right; none after the last. int64 [batch·tokens] */
function nextTokens(b: GraphBuilder, labels: Value): Value {
  const later = b.one({
    operator: 'Slice',
    inputs: [labels, b.int64s([1]), sizeAt(b, labels, 1), b.int64s([1])],
    outputs: [{ shape: ['batch', 'tokens-1'], type: 'int64' }],
  });
  const padded = b.one({
    operator: 'Pad',
    inputs: [later, b.int64s([0, 0, 0, 1]), b.int64s([ignored], [])],
    outputs: [{ shape: ['batch', 'tokens'], type: 'int64' }],
  });
  return reshape(b, padded, ['batch·tokens'], b.int64s([-1]));
}

interface ChunkedRows {
  /** [batch·tokens, hidden] */
  readonly hidden: Value;
  /** int64 [batch·tokens] */
  readonly labels: Value;
  readonly rowsAtOnce: number;
}

/**
 * Equal chunks, as few as `rowsAtOnce` allows, the last filled up with zeros.
 * @returns log-likelihoods [batch·tokens], and with slopes these [batch·tokens, hidden]
 */
function scanChunks(
  b: GraphBuilder,
  { hidden, labels, rowsAtOnce }: ChunkedRows,
  projection: Value,
  withSlopes: boolean,
): [Value, ...Value[]] {
  const size = dimension(hidden.shape, 1);
  const rows = sizeAt(b, hidden, 0);
  const roundUp = (x: Value, by: Value) =>
    integers(b, 'Div', integers(b, 'Add', x, integers(b, 'Sub', by, b.int64s([1]))), by);
  const chunks = roundUp(rows, b.int64s([rowsAtOnce]));
  const perChunk = roundUp(rows, chunks);
  const missing = integers(b, 'Sub', integers(b, 'Mul', chunks, perChunk), rows);
  const known = elementwise(b, 'Max', labels, b.int64s([0], []));
  const filled = (x: Value, fill: Value, shape: readonly (string | number)[]) => {
    const trailing = x.shape.slice(1);
    const zeros = b.int64s(x.shape.map(() => 0));
    const pads = concat(b, [zeros, missing, ...(trailing.length === 0 ? [] : [b.int64s(trailing.map(() => 0))])], 0);
    const padded = b.one({
      operator: 'Pad',
      inputs: [x, pads, fill],
      outputs: [{ shape: ['filled', ...trailing], type: x.type }],
    });
    const target = concat(b, [chunks, perChunk, ...(trailing.length === 0 ? [] : [b.int64s(trailing.map(Number))])], 0);
    return reshape(b, padded, shape, target);
  };
  const [likelihoods, slopes] = b.add({
    operator: 'Scan',
    inputs: [
      filled(hidden, b.floats([0]), ['chunks', 'rows', size]),
      filled(known, b.int64s([0], []), ['chunks', 'rows']),
    ],
    attributes: { num_scan_inputs: int(2), body: { kind: 'graph', value: chunkBody(projection, withSlopes) } },
    outputs: [{ shape: ['chunks', 'rows', 1] }, ...(withSlopes ? [{ shape: ['chunks', 'rows', size] }] : [])],
  });
  if (likelihoods === undefined) throw new Error('a scan gives its outputs');
  const cut = (x: Value, shape: readonly (string | number)[]) => {
    const flat = reshape(b, x, ['filled', ...shape.slice(1)], b.int64s([-1, ...shape.slice(1).map(Number)]));
    return b.one({ operator: 'Slice', inputs: [flat, b.int64s([0]), rows, b.int64s([0])], outputs: [{ shape }] });
  };
  const logLikelihoods = cut(likelihoods, ['batch·tokens']);
  return slopes === undefined ? [logLikelihoods] : [logLikelihoods, cut(slopes, ['batch·tokens', size])];
}

/** (hidden [rows, size], labels [rows]) → (log-likelihoods [rows, 1], d −log-likelihood / d hidden [rows, size]) */
function chunkBody(projection: Value, withSlopes: boolean) {
  const prefix = withSlopes ? 'chunk_' : 'scored_';
  const b = new GraphBuilder(prefix);
  const x = b.input(`${prefix}hidden`, 'float', ['rows', dimension(projection.shape, 1)]);
  const labels = b.input(`${prefix}labels`, 'int64', ['rows']);
  const logProbabilities = softmax(b, gemm(b, x, projection, { transB: true }), 'LogSoftmax');
  const column = reshape(b, labels, ['rows', 1], b.int64s([-1, 1]));
  const picked = b.one({
    operator: 'GatherElements',
    inputs: [logProbabilities, column],
    attributes: { axis: int(1) },
    outputs: [{ shape: ['rows', 1] }],
  });
  if (!withSlopes) return b.build('scored', [picked]);
  const expected = gemm(b, unary(b, 'Exp', logProbabilities), projection);
  return b.build('chunk', [picked, subtract(b, expected, gatherRows(b, projection, labels))]);
}
