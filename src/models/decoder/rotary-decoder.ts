import { add, gatherRows, reshape } from '../../onnx/operators.ts';
import type { Value } from '../../onnx/graph.ts';
import type { Encoder, EncoderContext, Past, TokenLimit } from '../encoder.ts';
import type { ActivationName } from '../blocks/activations.ts';
import { gatedMlp } from './gated-mlp.ts';
import { type CausalGrid, causalGrid, groupedAttention, type HeadCounts, splitHeads } from './grouped-attention.ts';
import { decoderHead } from './decoder-head.ts';
import { applyLinear, type BlockLinear } from '../blocks/linear.ts';
import { rmsNorm } from './rms-norm.ts';
import { type Rotary, type RotaryTables, rotaryTables, rotate } from './rotary.ts';

export interface DecoderSizes {
  readonly family: string;
  /** config.json's pad_token_id, where it has one. */
  readonly padId: number | null;
  readonly hidden: number;
  /** Features between the products of the gated MLP. */
  readonly wide: number;
  readonly layers: number;
  readonly vocabulary: number;
  readonly counts: HeadCounts;
  readonly activation: ActivationName;
  readonly epsilon: number;
  readonly initializerRange: number;
  readonly rotary: Rotary;
  /** Whether the table of the words is the output matrix too. */
  readonly tied: boolean;
}

/** The differences between the families of the Llama line. */
export interface DecoderTraits {
  readonly biases: { readonly queryKeyValue: boolean; readonly output: boolean; readonly mlp: boolean };
  /** Whether each head's queries and keys are normalised before they turn. */
  readonly headNorm: boolean;
  readonly tokenLimit?: TokenLimit | undefined;
}

interface Layer {
  readonly name: string;
  readonly query: BlockLinear;
  readonly key: BlockLinear;
  readonly value: BlockLinear;
  readonly output: BlockLinear;
  readonly gate: BlockLinear;
  readonly up: BlockLinear;
  readonly down: BlockLinear;
}

interface Running {
  readonly context: EncoderContext;
  readonly sizes: DecoderSizes;
  readonly traits: DecoderTraits;
  readonly grid: CausalGrid;
  readonly tables: RotaryTables;
  readonly past: Past | undefined;
}

/**
 * Pre-norm layers of grouped attention over rotary positions and a gated MLP, as transformers' LlamaForCausalLM,
 * MistralForCausalLM, Qwen2ForCausalLM and Qwen3ForCausalLM compute them.
 */
export function rotaryDecoder(sizes: DecoderSizes, traits: DecoderTraits): Encoder {
  const { hidden, vocabulary, counts, tied } = sizes;
  const layers = Array.from({ length: sizes.layers }, (_, index) => describeLayer(index, sizes, traits));
  return {
    hiddenSize: hidden,
    initializerRange: sizes.initializerRange,
    dropsHidden: false,
    vocabulary,
    ...(traits.tokenLimit === undefined ? {} : { tokenLimit: traits.tokenLimit }),
    linears: layers.flatMap(({ query, key, value, output, gate, up, down }) => [
      query,
      key,
      value,
      output,
      gate,
      up,
      down,
    ]),
    build(context, inputs) {
      const { b, weight } = context;
      const words = gatherRows(b, weight('model.embed_tokens.weight', [vocabulary, hidden]), inputs.inputIds);
      const running = {
        context,
        sizes,
        traits,
        grid: causalGrid(b, inputs, counts),
        tables: rotaryTables(b, inputs, sizes.rotary, counts.headSize),
        past: inputs.past,
      };
      const embedded = reshape(b, words, ['batch·tokens', hidden], b.int64s([-1, hidden]));
      const last = layers.reduce((x, layer) => buildLayer(running, layer, x), embedded);
      return rmsNorm(context, 'model.norm', last, sizes.epsilon);
    },
    head: (task) =>
      decoderHead(task, {
        family: sizes.family,
        hidden,
        vocabulary,
        projection: tied ? 'model.embed_tokens.weight' : 'lm_head.weight',
        padId: sizes.padId,
      }),
  };
}

function describeLayer(index: number, sizes: DecoderSizes, { biases }: DecoderTraits): Layer {
  const { hidden, wide, counts } = sizes;
  const name = `model.layers.${index}`;
  const linear = (part: string, inFeatures: number, outFeatures: number, bias: boolean): BlockLinear => ({
    name: `${name}.${part}`,
    inFeatures,
    outFeatures,
    bias,
  });
  const queries = counts.heads * counts.headSize;
  const keys = counts.keyHeads * counts.headSize;
  return {
    name,
    query: linear('self_attn.q_proj', hidden, queries, biases.queryKeyValue),
    key: linear('self_attn.k_proj', hidden, keys, biases.queryKeyValue),
    value: linear('self_attn.v_proj', hidden, keys, biases.queryKeyValue),
    output: linear('self_attn.o_proj', queries, hidden, biases.output),
    gate: linear('mlp.gate_proj', hidden, wide, biases.mlp),
    up: linear('mlp.up_proj', hidden, wide, biases.mlp),
    down: linear('mlp.down_proj', wide, hidden, biases.mlp),
  };
}

function buildLayer(running: Running, layer: Layer, x: Value): Value {
  const { context, sizes } = running;
  const { b } = context;
  const attended = attend(running, layer, rmsNorm(context, `${layer.name}.input_layernorm`, x, sizes.epsilon));
  const afterAttention = add(b, applyLinear(context, layer.output, attended), x);
  const normalised = rmsNorm(context, `${layer.name}.post_attention_layernorm`, afterAttention, sizes.epsilon);
  return add(b, gatedMlp(context, { ...layer, activation: sizes.activation }, normalised), afterAttention);
}

/** [batch·tokens, heads·size] */
function attend({ context, sizes, traits, grid, tables, past }: Running, layer: Layer, x: Value): Value {
  const { b } = context;
  const { heads, keyHeads, headSize } = sizes.counts;
  const project = (linear: BlockLinear, count: number) => splitHeads(b, applyLinear(context, linear, x), grid, count);
  const turn = (projected: Value, norm: string) =>
    rotate(
      b,
      traits.headNorm ? rmsNorm(context, `${layer.name}.self_attn.${norm}`, projected, sizes.epsilon) : projected,
      tables,
    );
  const queries = turn(project(layer.query, heads), 'q_norm');
  const behind = (part: 'keys' | 'values', own: Value) => past?.join(layer.name, part, own) ?? own;
  const keys = behind('keys', turn(project(layer.key, keyHeads), 'k_norm'));
  const values = behind('values', project(layer.value, keyHeads));
  return groupedAttention(b, { queries, keys, values }, grid, headSize ** -0.5);
}
