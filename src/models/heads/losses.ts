import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import {
  add,
  concat,
  divide,
  multiply,
  reduce,
  reshape,
  softmax,
  split,
  subtract,
  unary,
} from '../../onnx/operators.ts';
import { languageModelLoss, type ProjectedLoss } from './language-model-loss.ts';

/** A task's loss, and the labels that it takes. */
export type Loss = LogitsLoss | HiddenLoss;

/** Numbers for each input: one, [batch]; some, [batch, columns]; or one for each token, [batch, tokens]. */
export interface LabelLayout {
  readonly type: 'int64' | 'float';
  readonly columns: number | 'tokens';
}

interface Labelled {
  readonly labels: LabelLayout;
}

export interface LogitsLoss extends Labelled {
  readonly reads: 'logits';
  /** Mean over the batch; shape []. */
  build(b: GraphBuilder, logits: Value, labels: Value): Value;
}

/** A loss of so many classes that it makes the logits itself, a part at a time, and its own gradient with them. */
export interface HiddenLoss extends Labelled {
  readonly reads: 'hidden';
  /** @param hidden [batch·tokens, hidden] @param projection [classes, hidden] */
  build(b: GraphBuilder, hidden: Value, projection: Value, labels: Value): ProjectedLoss;
}

/**
 * Cross-entropy over classes.
 * @param smoothing ε: share of a class's target that is spread evenly over all
 * @param weights what a row of each class counts in the mean over the rows; absent: all 1. The mean is divided by the
 * rows, where torch's divides by their weights: so it is the same however a batch is cut.
 */
export function classLoss(smoothing = 0, weights: readonly number[] | null = null): Loss {
  return {
    reads: 'logits',
    labels: { type: 'int64', columns: 1 },
    build: (b, logits, labels) =>
      weights === null
        ? classificationLoss(b, logits, labels, smoothing)
        : weightedLoss(b, logits, labels, { smoothing, weights }),
  };
}

/** Binary cross-entropy of each label, mean over rows and labels. @param smoothing ε: each target is (1 − ε)y + ε/2 */
export function labelSetLoss(count: number, smoothing = 0): Loss {
  return {
    reads: 'logits',
    labels: { type: 'float', columns: count },
    build: (b, logits, labels) => binaryCrossEntropy(b, logits, labels, { count, smoothing }),
  };
}

export const squaredLoss: Loss = { reads: 'logits', labels: { type: 'float', columns: 1 }, build: meanSquaredError };

/** Cross-entropy of a start and an end among the tokens. */
export const spanLoss: Loss = { reads: 'logits', labels: { type: 'int64', columns: 2 }, build: meanOfBothEnds };

/** Cross-entropy of each next token. */
export const nextTokenLoss: HiddenLoss = {
  reads: 'hidden',
  labels: { type: 'int64', columns: 'tokens' },
  build: (b, hidden, projection, labels) => languageModelLoss(b, hidden, projection, labels),
};

/** (1 − ε) times the cross-entropy plus ε times the mean over the classes of − log p, as torch's cross_entropy. */
function classificationLoss(b: GraphBuilder, logits: Value, labels: Value, smoothing: number): Value {
  const classes = logits.shape.at(-1);
  if (typeof classes !== 'number') throw new RangeError('a classification has a fixed number of classes');
  const sharp = crossEntropy(b, logits, labels, b.int64s([classes]));
  if (smoothing === 0) return sharp;
  const flat = unary(b, 'Neg', reduce(b, 'ReduceMean', softmax(b, logits, 'LogSoftmax'), [0, 1], 'drop'));
  return add(b, multiply(b, sharp, b.floats([1 - smoothing])), multiply(b, flat, b.floats([smoothing])));
}

interface ClassWeighting {
  readonly smoothing: number;
  readonly weights: readonly number[];
}

/** As above, each row's share times the weight of its class. */
function weightedLoss(b: GraphBuilder, logits: Value, labels: Value, { smoothing, weights }: ClassWeighting): Value {
  const logs = softmax(b, logits, 'LogSoftmax');
  const chosen = oneHot(b, logits, labels, b.int64s([weights.length]));
  const sum = (x: Value): Value => reduce(b, 'ReduceSum', x, [-1], 'drop');
  const sharp = multiply(b, sum(multiply(b, logs, chosen)), b.floats([1 - smoothing]));
  const row = smoothing === 0 ? sharp : add(b, sharp, multiply(b, sum(logs), b.floats([smoothing / weights.length])));
  const weighted = multiply(b, row, sum(multiply(b, chosen, b.floats(weights))));
  return unary(b, 'Neg', reduce(b, 'ReduceMean', weighted, [0], 'drop'));
}

interface LabelSetting {
  readonly count: number;
  readonly smoothing: number;
}

/** −y log σ(z) − (1 − y) log σ(−z), the logarithms as those of a softmax over z and 0, which no size of z overflows. */
function binaryCrossEntropy(b: GraphBuilder, logits: Value, labels: Value, { count, smoothing }: LabelSetting): Value {
  const column = (x: Value): Value => reshape(b, x, ['batch', count, 1], b.int64s([-1, count, 1]));
  const given = column(labels);
  const set =
    smoothing === 0 ? given : add(b, multiply(b, given, b.floats([1 - smoothing])), b.floats([smoothing / 2]));
  const unset = subtract(b, b.floats([1]), set);
  const scores = column(logits);
  const logs = softmax(b, concat(b, [scores, multiply(b, scores, b.floats([0]))], 2), 'LogSoftmax');
  const terms = reduce(b, 'ReduceSum', multiply(b, logs, concat(b, [set, unset], 2)), [-1], 'drop');
  return unary(b, 'Neg', reduce(b, 'ReduceMean', terms, [0, 1], 'drop'));
}

/** Mean of the negative log-likelihood. @param classes size of the logits’ last axis, shape [1] */
function crossEntropy(b: GraphBuilder, logits: Value, labels: Value, classes: Value): Value {
  const chosen = oneHot(b, logits, labels, classes);
  const picked = multiply(b, softmax(b, logits, 'LogSoftmax'), chosen);
  return unary(b, 'Neg', reduce(b, 'ReduceMean', reduce(b, 'ReduceSum', picked, [-1], 'drop'), [0], 'drop'));
}

function oneHot(b: GraphBuilder, logits: Value, labels: Value, classes: Value): Value {
  const inputs = [labels, classes, b.floats([0, 1], [2])];
  return b.one({ operator: 'OneHot', inputs, outputs: [{ shape: logits.shape }] });
}

/** Mean of (logit − target)², as transformers' regression loss. */
function meanSquaredError(b: GraphBuilder, logits: Value, targets: Value): Value {
  const flat = reshape(b, logits, ['batch'], b.int64s([-1]));
  const error = subtract(b, flat, targets);
  return reduce(b, 'ReduceMean', multiply(b, error, error), [0], 'drop');
}

/** Half the cross-entropy of the start position plus half that of the end, over the tokens. */
function meanOfBothEnds(b: GraphBuilder, logits: Value, labels: Value): Value {
  const [start, end] = split(b, logits, 2, [1, 1]).map((part) => squeezeLast(b, part));
  const [startAt, endAt] = split(b, labels, 1, [1, 1]).map((part) => squeezeLast(b, { ...part, type: 'int64' }));
  if (start === undefined || end === undefined || startAt === undefined || endAt === undefined) {
    throw new Error('a split into two gives two');
  }
  const tokens = b.one({
    operator: 'Slice',
    inputs: [
      b.one({ operator: 'Shape', inputs: [start], outputs: [{ shape: [2], type: 'int64' }] }),
      ...[1, 2, 0].map((number) => b.int64s([number])),
    ],
    outputs: [{ shape: [1], type: 'int64' }],
  });
  const both = add(b, crossEntropy(b, start, startAt, tokens), crossEntropy(b, end, endAt, tokens));
  return divide(b, both, b.floats([2]));
}

function squeezeLast(b: GraphBuilder, x: Value): Value {
  const shape = x.shape.slice(0, -1);
  const target = shape.length === 1 ? b.int64s([-1]) : b.int64s([0, -1]);
  return b.one({ operator: 'Reshape', inputs: [x, target], outputs: [{ shape, type: x.type }] });
}
