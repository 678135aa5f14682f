import type { Value } from '../onnx/graph.ts';
import {
  add,
  batchedProduct,
  concat,
  elementwise,
  gatherRows,
  gelu,
  gemm,
  layerNormalization,
  multiply,
  reshape,
  slice,
  softmax,
  subtract,
  transpose,
  unary,
} from '../onnx/operators.ts';
import type { BertConfiguration } from './bert-configuration.ts';
import type { Encoder, EncoderContext, EncoderInputs, EncoderReading, FrozenLinear } from './encoder.ts';
import { firstTokenHead, type Head, type HeadTask, spanHead } from './heads.ts';

const mostNegative = -3.4028234663852886e38;

/** BERT (arXiv 1810.04805) and its distilled kin such as MiniLM, as transformers' BertModel computes them. */
export function bertEncoder(config: BertConfiguration): Encoder {
  const { hidden_size: hidden, intermediate_size: wide } = config;
  const layers = Array.from({ length: config.num_hidden_layers }, (_, layer) => `bert.encoder.layer.${layer}`);
  return {
    hiddenSize: hidden,
    initializerRange: config.initializer_range,
    linears: layers.flatMap((layer): FrozenLinear[] => [
      ...['query', 'key', 'value'].map((part) => ({
        name: `${layer}.attention.self.${part}`,
        inFeatures: hidden,
        outFeatures: hidden,
      })),
      { name: `${layer}.attention.output.dense`, inFeatures: hidden, outFeatures: hidden },
      { name: `${layer}.intermediate.dense`, inFeatures: hidden, outFeatures: wide },
      { name: `${layer}.output.dense`, inFeatures: wide, outFeatures: hidden },
    ]),
    build(context, inputs, reading) {
      const shapes = runTimeShapes(context, inputs, config);
      let x = embed(context, inputs, config);
      layers.forEach((layer, index) => {
        const last = index === layers.length - 1;
        x = buildLayer({ context, config, layer, shapes }, x, last ? reading : 'all_tokens');
      });
      return x;
    },
    head: (task) => bertHead(task, hidden),
  };
}

/** The frozen pooler (a linear and tanh) before one trainable linear; spans are read without it. */
function bertHead({ kind, labels }: HeadTask, hidden: number): Head {
  if (kind === 'question_answering') return spanHead(hidden);
  const classifier = firstTokenHead([{ name: 'classifier', inFeatures: hidden, outFeatures: labels }], (_b, x) => x);
  return {
    ...classifier,
    logits(context, x) {
      const { b, weight } = context;
      const c = weight('bert.pooler.dense.bias', [hidden]);
      const pooled = gemm(b, x, weight('bert.pooler.dense.weight', [hidden, hidden]), { transB: true, c });
      return classifier.logits(context, unary(b, 'Tanh', pooled));
    },
  };
}

interface RunTimeShapes {
  /** int64 [4]: batch, tokens, heads, head size */
  readonly heads: Value;
  /** [batch, 1, 1, tokens]: 0 where attended to, else the most negative number */
  readonly maskBias: Value;
}

interface LayerContext {
  readonly context: EncoderContext;
  readonly config: BertConfiguration;
  readonly layer: string;
  readonly shapes: RunTimeShapes;
}

function runTimeShapes({ b }: EncoderContext, inputs: EncoderInputs, config: BertConfiguration): RunTimeShapes {
  const ids = b.one({ operator: 'Shape', inputs: [inputs.inputIds], outputs: [{ shape: [2], type: 'int64' }] });
  const heads = concat(b, [ids, b.int64s([config.num_attention_heads, headSize(config)])], 0);
  const floatMask = b.one({
    operator: 'Cast',
    inputs: [inputs.attentionMask],
    attributes: { to: { kind: 'int', value: 1 } },
    outputs: [{ shape: ['batch', 'tokens'] }],
  });
  const dropped = multiply(b, subtract(b, b.floats([1]), floatMask), b.floats([mostNegative]));
  const maskBias = b.one({
    operator: 'Unsqueeze',
    inputs: [dropped, b.int64s([1, 2])],
    outputs: [{ shape: ['batch', 1, 1, 'tokens'] }],
  });
  return { heads, maskBias };
}

function headSize(config: BertConfiguration): number {
  return config.hidden_size / config.num_attention_heads;
}

/** [batch·tokens, hidden] */
function embed({ b, weight }: EncoderContext, inputs: EncoderInputs, config: BertConfiguration): Value {
  const { hidden_size: hidden, vocab_size: vocabulary, max_position_embeddings: positions } = config;
  const of = (kind: string, rows: number) => weight(`bert.embeddings.${kind}_embeddings.weight`, [rows, hidden]);
  const words = gatherRows(b, of('word', vocabulary), inputs.inputIds);
  const types = gatherRows(b, of('token_type', config.type_vocab_size), inputs.tokenTypeIds);
  const ids = b.one({ operator: 'Shape', inputs: [inputs.inputIds], outputs: [{ shape: [2], type: 'int64' }] });
  const length = slice(b, ids, 0, 1, 2, 1);
  const position = b.one({
    operator: 'Slice',
    inputs: [of('position', positions), b.int64s([0]), length, b.int64s([0])],
    outputs: [{ shape: ['tokens', hidden] }],
  });
  const sum = add(b, add(b, words, types), position);
  const flat = reshape(b, sum, ['batch·tokens', hidden], b.int64s([-1, hidden]));
  return normalise({ b, weight }, 'bert.embeddings.LayerNorm', flat, config);
}

function normalise(
  { b, weight }: Pick<EncoderContext, 'b' | 'weight'>,
  name: string,
  x: Value,
  config: BertConfiguration,
): Value {
  const size = [config.hidden_size];
  return layerNormalization(b, x, weight(`${name}.weight`, size), weight(`${name}.bias`, size), config.layer_norm_eps);
}

function linear({ b, weight, adapt }: EncoderContext, name: string, x: Value, sizes: readonly [number, number]): Value {
  const [inFeatures, outFeatures] = sizes;
  const product = gemm(b, x, weight(`${name}.weight`, [outFeatures, inFeatures]), {
    transB: true,
    c: weight(`${name}.bias`, [outFeatures]),
  });
  return adapt(name, x, product);
}

/** One transformer layer. For `first_token` only row 0 of each sample goes past its keys and values. */
function buildLayer(at: LayerContext, x: Value, reading: EncoderReading): Value {
  const { context, config, layer } = at;
  const { hidden_size: hidden, intermediate_size: wide } = config;
  const asking = reading === 'first_token' ? firstTokens(at, x) : x;
  const attended = attend(at, x, asking, reading);
  const projected = linear(context, `${layer}.attention.output.dense`, attended, [hidden, hidden]);
  const afterAttention = normalise(
    context,
    `${layer}.attention.output.LayerNorm`,
    add(context.b, projected, asking),
    config,
  );
  const inner = gelu(context.b, linear(context, `${layer}.intermediate.dense`, afterAttention, [hidden, wide]));
  const outer = linear(context, `${layer}.output.dense`, inner, [wide, hidden]);
  return normalise(context, `${layer}.output.LayerNorm`, add(context.b, outer, afterAttention), config);
}

/** [batch, hidden] */
function firstTokens({ context: { b }, config, shapes }: LayerContext, x: Value): Value {
  const hidden = config.hidden_size;
  const sizes = concat(b, [slice(b, shapes.heads, 0, 0, 2, 2), b.int64s([hidden])], 0);
  const bySample = reshape(b, x, ['batch', 'tokens', hidden], sizes);
  return reshape(b, slice(b, bySample, 1, 0, 1, 1), ['batch', hidden], b.int64s([-1, hidden]));
}

/** softmax(q kᵀ / √d + mask) v. @returns as many rows as `asking` has, [rows, hidden] */
function attend(at: LayerContext, x: Value, asking: Value, reading: EncoderReading): Value {
  const { context, config, layer, shapes } = at;
  const { b } = context;
  const [hidden, heads, size] = [config.hidden_size, config.num_attention_heads, headSize(config)];
  const project = (part: string, from: Value) =>
    linear(context, `${layer}.attention.self.${part}`, from, [hidden, hidden]);
  const byHead = (value: Value) =>
    transpose(b, reshape(b, value, ['batch', 'tokens', heads, size], shapes.heads), [0, 2, 1, 3]);
  const q = project('query', asking);
  const queries =
    reading === 'first_token' ? reshape(b, q, ['batch', heads, 1, size], b.int64s([-1, heads, 1, size])) : byHead(q);
  const keys = byHead(project('key', x));
  const values = byHead(project('value', x));
  const scores = batchedProduct(b, queries, keys, { transB: true, alpha: 1 / Math.sqrt(size) });
  const weights = softmax(b, elementwise(b, 'Add', scores, shapes.maskBias));
  const mixed = batchedProduct(b, weights, values); // [batch, heads, rows, size]
  const rows = reading === 'first_token' ? 'batch' : 'batch·tokens';
  return reshape(b, transpose(b, mixed, [0, 2, 1, 3]), [rows, hidden], b.int64s([-1, hidden]));
}
