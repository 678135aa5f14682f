import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { add, divide, gemm, multiply, reduce, reshape, softmax, split, subtract, unary } from '../onnx/operators.ts';
import type { EncoderReading } from './encoder.ts';

export type HeadKind = 'classification' | 'regression' | 'question_answering';

export interface HeadTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A trainable head and its loss. */
export interface Head {
  readonly reading: EncoderReading;
  /** Whether the reading goes through the frozen pooler's linear and tanh first. */
  readonly pooled: boolean;
  readonly weight: HeadTensor;
  readonly bias: HeadTensor;
  /** What labels are: class numbers [batch], targets [batch], or start and end positions [batch, 2]. */
  readonly labels: { readonly type: 'int64' | 'float'; readonly columns: number };
  /** @param x what the reading gives @returns [batch, labels], or [batch, tokens, 2] for question answering */
  logits(b: GraphBuilder, x: Value, tensors: { readonly weight: Value; readonly bias: Value }, inputIds: Value): Value;
  /** Mean over the batch; shape []. */
  loss(b: GraphBuilder, logits: Value, labels: Value): Value;
}

export function makeHead(kind: HeadKind, labels: number, hidden: number): Head {
  if (kind === 'question_answering') return questionAnsweringHead(hidden);
  const linear = {
    reading: 'first_token',
    pooled: true,
    weight: { name: 'classifier.weight', shape: [labels, hidden] },
    bias: { name: 'classifier.bias', shape: [labels] },
    logits: (b: GraphBuilder, x: Value, { weight, bias }: { weight: Value; bias: Value }) =>
      gemm(b, x, weight, { transB: true, c: bias }),
  } as const;
  if (kind === 'classification') {
    return {
      ...linear,
      labels: { type: 'int64', columns: 1 },
      loss: (b, logits, at) => crossEntropy(b, logits, at, labels),
    };
  }
  return { ...linear, labels: { type: 'float', columns: 1 }, loss: meanSquaredError };
}

/** Mean of the negative log-likelihood. @param classes size of the logits' last axis, or a value of shape [1] */
function crossEntropy(b: GraphBuilder, logits: Value, labels: Value, classes: number | Value): Value {
  const depth = typeof classes === 'number' ? b.int64s([classes]) : classes;
  const chosen = b.one({
    operator: 'OneHot',
    inputs: [labels, depth, b.floats([0, 1], [2])],
    outputs: [{ shape: logits.shape }],
  });
  const picked = multiply(b, softmax(b, logits, 'LogSoftmax'), chosen);
  return unary(b, 'Neg', reduce(b, 'ReduceMean', reduce(b, 'ReduceSum', picked, [-1], 'drop'), [0], 'drop'));
}

/** Mean of (logit − target)², as transformers' regression loss. */
function meanSquaredError(b: GraphBuilder, logits: Value, targets: Value): Value {
  const flat = reshape(b, logits, ['batch'], b.int64s([-1]));
  const error = subtract(b, flat, targets);
  return reduce(b, 'ReduceMean', multiply(b, error, error), [0], 'drop');
}

function questionAnsweringHead(hidden: number): Head {
  return {
    reading: 'all_tokens',
    pooled: false,
    weight: { name: 'qa_outputs.weight', shape: [2, hidden] },
    bias: { name: 'qa_outputs.bias', shape: [2] },
    labels: { type: 'int64', columns: 2 },
    logits(b, x, { weight, bias }, inputIds) {
      const flat = gemm(b, x, weight, { transB: true, c: bias });
      const ids = b.one({ operator: 'Shape', inputs: [inputIds], outputs: [{ shape: [2], type: 'int64' }] });
      const sizes = b.one({
        operator: 'Concat',
        inputs: [ids, b.int64s([2])],
        attributes: { axis: { kind: 'int', value: 0 } },
        outputs: [{ shape: [3], type: 'int64' }],
      });
      return reshape(b, flat, ['batch', 'tokens', 2], sizes);
    },
    loss(b, logits, labels) {
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
    },
  };
}

function squeezeLast(b: GraphBuilder, x: Value): Value {
  const shape = x.shape.slice(0, -1);
  const target = shape.length === 1 ? b.int64s([-1]) : b.int64s([0, -1]);
  return b.one({ operator: 'Reshape', inputs: [x, target], outputs: [{ shape, type: x.type }] });
}
