import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { gemm, reshape } from '../../onnx/operators.ts';
import type { EncoderReading } from '../encoder.ts';

/**
 * The outputs that a head gives: numbers for each sample, or for each token; or of a language model's each token,
 * scores of the whole vocabulary, or the log-likelihood of the token that follows, [batch, tokens, 1].
 */
export type HeadTask =
  | SampleHead
  | TokenHead
  | NextWordHead
  | { readonly of: 'vocabulary' }
  | { readonly of: 'next_tokens' };

export interface SampleHead {
  readonly of: 'samples';
  readonly outputs: number;
  /** Absent: as the family has it. */
  readonly pooling?: 'family' | 'mean';
}

export interface TokenHead {
  readonly of: 'tokens';
  readonly outputs: number;
  /** The linear's name in transformers. */
  readonly linear: string;
}

/** Scores of some tokens as the one that follows each sample: of a language model, by its own output matrix. */
export interface NextWordHead {
  readonly of: 'next_words';
  readonly tokens: readonly number[];
}

export interface HeadTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** It has a row for each output of the head, in their order; absent: none. */
  readonly hasOutputRows?: true;
}

/** Where a head is being built, and with what. */
export interface HeadContext {
  readonly b: GraphBuilder;
  /** Frozen weights, by their names in code. */
  readonly weight: (name: string, shape: readonly number[]) => Value;
  /** The head's own tensors. */
  readonly trainable: (name: string) => Value;
  /** int64 [batch, tokens] */
  readonly inputIds: Value;
  /** int64 [batch, tokens] 1 keeps */
  readonly attentionMask: Value;
}

/** The layers between an encoder's last one and the logits. */
export interface Head {
  readonly reading: EncoderReading;
  readonly tensors: readonly HeadTensor[];
  /** The token that it passes over where it reads a row's last token; absent: none. */
  readonly passesOver?: number;
  /** @param x what the reading gives @returns [batch, outputs], or [batch, tokens, outputs | vocabulary] */
  logits(context: HeadContext, x: Value): Value;
  /** Where the logits are x Wᵀ of many classes: the frozen W [classes, hidden], for losses that never make them all. */
  projection?(context: Pick<HeadContext, 'b' | 'weight'>): Value;
}

/** Name and size of a linear of the head. */
export interface HeadLinear {
  readonly name: string;
  readonly inFeatures: number;
  readonly outFeatures: number;
}

/** Trainable linears over the first token, each but the last followed by the activation. */
export function firstTokenHead(linears: readonly HeadLinear[], activation: (b: GraphBuilder, x: Value) => Value): Head {
  return {
    reading: 'first_token',
    tensors: linears.flatMap((linear, index) =>
      index === linears.length - 1 ? outputTensors(linear) : tensorsOf(linear),
    ),
    logits: (context, x) =>
      linears.reduce((y, linear, index) => {
        const z = applyLinear(context, linear, y);
        return index === linears.length - 1 ? z : activation(context.b, z);
      }, x),
  };
}

/** One trainable linear, `classifier`, over what is read of each sample. */
export function firstTokenClassifier(labels: number, hidden: number): Head {
  return firstTokenHead([{ name: 'classifier', inFeatures: hidden, outFeatures: labels }], (_b, x) => x);
}

/** Scores of each token, from one trainable linear. */
export function tokenHead({ linear: name, outputs }: TokenHead, hidden: number): Head {
  const linear = { name, inFeatures: hidden, outFeatures: outputs };
  return {
    reading: 'all_tokens',
    tensors: outputTensors(linear),
    logits(context, x) {
      const { b, inputIds } = context;
      const ids = b.one({ operator: 'Shape', inputs: [inputIds], outputs: [{ shape: [2], type: 'int64' }] });
      const sizes = b.one({
        operator: 'Concat',
        inputs: [ids, b.int64s([outputs])],
        attributes: { axis: { kind: 'int', value: 0 } },
        outputs: [{ shape: [3], type: 'int64' }],
      });
      return reshape(b, applyLinear(context, linear, x), ['batch', 'tokens', outputs], sizes);
    },
  };
}

function tensorsOf({ name, inFeatures, outFeatures }: HeadLinear): HeadTensor[] {
  return [
    { name: `${name}.weight`, shape: [outFeatures, inFeatures] },
    { name: `${name}.bias`, shape: [outFeatures] },
  ];
}

function outputTensors(linear: HeadLinear): HeadTensor[] {
  return tensorsOf(linear).map((tensor) => ({ ...tensor, hasOutputRows: true }));
}

function applyLinear({ b, trainable }: HeadContext, { name }: HeadLinear, x: Value): Value {
  return gemm(b, x, trainable(`${name}.weight`), { transB: true, c: trainable(`${name}.bias`) });
}
