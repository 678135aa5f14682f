import type { Value } from '../../onnx/graph.ts';
import { add } from '../../onnx/operators.ts';
import type { Encoder, EncoderContext, EncoderInputs, EncoderReading, TokenLimit } from '../encoder.ts';
import type { Head, HeadTask } from '../heads/heads.ts';
import type { Activation } from './activations.ts';
import { firstTokens } from './first-token.ts';
import { applyLinear, type BlockLinear } from './linear.ts';
import { normalise } from './normalise.ts';
import { selfAttention } from './self-attention.ts';
import { withPadding } from './token-rows.ts';

/** Names of the parts of a layer, below the layer's own. */
export interface LayerNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attentionOutput: string;
  readonly attentionNorm: string;
  readonly intermediate: string;
  readonly output: string;
  readonly outputNorm: string;
  /** Name of the dropout module over attentionOutput's result; null: there is none. */
  readonly attentionDropout: string | null;
  /** Name of the dropout module over output's result. */
  readonly outputDropout: string;
}

export type LinearPart = Exclude<keyof LayerNames, `${string}Norm` | `${string}Dropout`>;

/** As BERT names them. */
export const bertLayerNames: LayerNames = {
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  attentionOutput: 'attention.output.dense',
  attentionNorm: 'attention.output.LayerNorm',
  intermediate: 'intermediate.dense',
  output: 'output.dense',
  outputNorm: 'output.LayerNorm',
  attentionDropout: 'attention.output.dropout',
  outputDropout: 'output.dropout',
};

/**
 * One layer's attention before its output linear.
 * @param x [batch·tokens, hidden]
 * @param asking the rows that ask: x, or its first tokens
 * @returns as many rows as `asking` has, [rows, hidden]
 */
export type AttendLayer = (layer: string, x: Value, asking: Value, reading: EncoderReading) => Value;

export interface PostNormRequest {
  readonly sizes: { readonly hidden: number; readonly wide: number; readonly heads: number };
  readonly epsilon: number;
  readonly activation: Activation;
  readonly initializerRange: number;
  readonly tokenLimit: TokenLimit;
  /** Rows of the table of words. */
  readonly vocabulary: number;
  /** Full names of the layers, e.g. bert.encoder.layer.0. */
  readonly layers: readonly string[];
  readonly names: LayerNames;
  /** Linears of a layer besides, all [hidden, hidden] with or without bias. */
  readonly moreLinears?: readonly { readonly name: string; readonly bias: boolean }[];
  /** [batch·tokens, hidden], or [kept, hidden] where padding is left out */
  embed(context: EncoderContext, inputs: EncoderInputs): Value;
  /** Makes what all layers share, and gives their attention; absent: plain self-attention. */
  readonly attention?: (context: EncoderContext, inputs: EncoderInputs, model: PostNormModel) => AttendLayer;
  head(task: HeadTask): Head;
}

export interface PostNormModel extends PostNormRequest {
  linear(layer: string, part: LinearPart): BlockLinear;
}

/** A transformer encoder that normalises after each residual sum: BERT (arXiv 1810.04805) and its kin. */
export function postNormEncoder(request: PostNormRequest): Encoder {
  const { sizes, layers, names } = request;
  const { hidden, wide } = sizes;
  const features: Readonly<Record<LinearPart, readonly [number, number]>> = {
    query: [hidden, hidden],
    key: [hidden, hidden],
    value: [hidden, hidden],
    attentionOutput: [hidden, hidden],
    intermediate: [hidden, wide],
    output: [wide, hidden],
  };
  const linear = (layer: string, part: LinearPart): BlockLinear => {
    const [inFeatures, outFeatures] = features[part];
    return { name: `${layer}.${names[part]}`, inFeatures, outFeatures, bias: true };
  };
  const model: PostNormModel = { ...request, linear };
  const parts: readonly LinearPart[] = ['query', 'key', 'value', 'attentionOutput', 'intermediate', 'output'];
  const more = request.moreLinears ?? [];
  return {
    hiddenSize: hidden,
    initializerRange: request.initializerRange,
    tokenLimit: request.tokenLimit,
    vocabulary: request.vocabulary,
    dropsHidden: true,
    leavesPaddingOut: request.attention === undefined,
    linears: layers.flatMap((layer) => [
      ...parts.map((part) => linear(layer, part)),
      ...more.map(({ name, bias }) => ({ name: `${layer}.${name}`, inFeatures: hidden, outFeatures: hidden, bias })),
    ]),
    head: (task) => request.head(task),
    build(context, inputs, reading) {
      const attend = (request.attention ?? selfAttention)(context, inputs, model);
      const read = layers.reduce(
        (x, layer, index) =>
          buildLayer(
            { context, inputs, model, attend },
            layer,
            x,
            index === layers.length - 1 ? reading : 'all_tokens',
          ),
        request.embed(context, inputs),
      );
      const { tokenRows } = inputs;
      return reading === 'first_token' || tokenRows === undefined ? read : withPadding(context.b, tokenRows, read);
    },
  };
}

interface LayerContext {
  readonly context: EncoderContext;
  readonly inputs: EncoderInputs;
  readonly model: PostNormModel;
  readonly attend: AttendLayer;
}

/** For `first_token` only row 0 of each sample goes past its keys and values. */
function buildLayer(at: LayerContext, layer: string, x: Value, reading: EncoderReading): Value {
  const { context, inputs, model, attend } = at;
  const { b } = context;
  const norm = { size: model.sizes.hidden, epsilon: model.epsilon };
  const asking = reading === 'first_token' ? firstTokens(b, x, inputs, model.sizes.hidden) : x;
  const apply = (part: LinearPart, input: Value) => applyLinear(context, model.linear(layer, part), input);
  const { attentionDropout, outputDropout } = model.names;
  const attendedTo = apply('attentionOutput', attend(layer, x, asking, reading));
  const projected = attentionDropout === null ? attendedTo : context.drop(`${layer}.${attentionDropout}`, attendedTo);
  const attended = normalise(context, `${layer}.${model.names.attentionNorm}`, add(b, projected, asking), norm);
  const inner = apply('output', model.activation(b, apply('intermediate', attended)));
  const outer = context.drop(`${layer}.${outputDropout}`, inner);
  return normalise(context, `${layer}.${model.names.outputNorm}`, add(b, outer, attended), norm);
}
