import { present } from '../../base/defect.ts';
import { z } from 'zod';
import type { Value } from '../../onnx/graph.ts';
import { add, gatherRows, layerNormalization, reshape, split } from '../../onnx/operators.ts';
import { sizeAt } from '../../onnx/sizes/run-time-sizes.ts';
import { activationNames, activations } from '../blocks/activations.ts';
import { type CausalGrid, causalGrid, groupedAttention, splitHeads } from '../decoder/grouped-attention.ts';
import { decoderHead } from '../decoder/decoder-head.ts';
import { padIdOf, padMember } from '../decoder/pad-id.ts';
import { applyLinear, type BlockLinear } from '../blocks/linear.ts';
import { readMembers, unsupportedConfiguration } from '../blocks/read-members.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { tokenPositions } from '../decoder/token-positions.ts';
import type { Encoder, EncoderContext, EncoderInputs, Past } from '../encoder.ts';

const count = z.number().int().positive();

/** The members of config.json that GPT-2's graph depends on, with transformers' defaults. */
const schema = z.object({
  model_type: z.literal('gpt2'),
  n_embd: count,
  n_layer: count,
  n_head: count,
  n_positions: count,
  n_inner: count.nullish(),
  vocab_size: count,
  activation_function: z.enum(activationNames).default('gelu_new'),
  layer_norm_epsilon: z.number().positive().default(1e-5),
  initializer_range: z.number().nonnegative().default(0.02),
  scale_attn_weights: z.boolean().default(true),
  scale_attn_by_inverse_layer_idx: z.boolean().default(false),
  add_cross_attention: z.literal(false).default(false),
  tie_word_embeddings: z.boolean().default(true),
  ...padMember,
});

type Configuration = z.infer<typeof schema>;

interface Layer {
  readonly name: string;
  /** Queries, keys and values in one. */
  readonly attention: BlockLinear;
  readonly output: BlockLinear;
  readonly inner: BlockLinear;
  readonly outer: BlockLinear;
  /** Factor of the scores. */
  readonly scale: number;
}

/**
 * GPT-2 as transformers' GPT2LMHeadModel computes it. Its linears lie as [in, out] in the file.
 * @throws MODEL_UNSUPPORTED
 */
export function gpt2(given: unknown, file: string): Encoder {
  const config = readMembers(
    schema,
    given,
    file,
    `activation_function ${activationNames.join(', ')}; no cross attention`,
  );
  const { n_embd: hidden, n_head: heads, vocab_size: vocabulary } = config;
  if (hidden % heads !== 0) {
    throw unsupportedConfiguration(
      file,
      `n_embd ${hidden} is no multiple of n_head ${heads}`,
      'heads that divide evenly',
    );
  }
  const counts = { heads, keyHeads: heads, headSize: hidden / heads };
  const layers = Array.from({ length: config.n_layer }, (_, index) => describeLayer(index, config));
  return {
    hiddenSize: hidden,
    initializerRange: config.initializer_range,
    tokenLimit: { tokens: config.n_positions, option: 'n_positions' },
    vocabulary,
    dropsHidden: true,
    linears: layers.flatMap(({ attention, output, inner, outer }) => [attention, output, inner, outer]),
    build(context, inputs) {
      const grid = causalGrid(context.b, inputs, counts);
      const last = layers.reduce(
        (x, layer) => buildLayer(context, { config, grid, past: inputs.past }, layer, x),
        embed(context, inputs, config),
      );
      return normalise(context, config, 'transformer.ln_f', last);
    },
    head: (task) =>
      decoderHead(task, {
        family: 'gpt2',
        hidden,
        vocabulary,
        projection: config.tie_word_embeddings ? 'transformer.wte.weight' : 'lm_head.weight',
        padId: padIdOf(config),
      }),
  };
}

function describeLayer(index: number, config: Configuration): Layer {
  const { n_embd: hidden, n_head: heads } = config;
  const name = `transformer.h.${index}`;
  const wide = config.n_inner ?? 4 * hidden;
  const linear = (part: string, inFeatures: number, outFeatures: number): BlockLinear => ({
    name: `${name}.${part}`,
    inFeatures,
    outFeatures,
    bias: true,
    weightLayout: 'in_out',
  });
  const bySize = config.scale_attn_weights ? (hidden / heads) ** -0.5 : 1;
  return {
    name,
    attention: linear('attn.c_attn', hidden, 3 * hidden),
    output: linear('attn.c_proj', hidden, hidden),
    inner: linear('mlp.c_fc', hidden, wide),
    outer: linear('mlp.c_proj', wide, hidden),
    scale: config.scale_attn_by_inverse_layer_idx ? bySize / (index + 1) : bySize,
  };
}

/** Words and positions 0, 1, …: padding does not shift them. [batch·tokens, hidden] */
function embed(context: EncoderContext, inputs: EncoderInputs, config: Configuration): Value {
  const { inputIds } = inputs;
  const { b, weight, drop } = context;
  const { n_embd: hidden, n_positions: positions, vocab_size: vocabulary } = config;
  const words = gatherRows(b, weight('transformer.wte.weight', [vocabulary, hidden]), inputIds);
  const table = weight('transformer.wpe.weight', [positions, hidden]);
  const places =
    inputs.past === undefined && inputs.severalTexts !== true
      ? firstRows(b, table, sizeAt(b, inputIds, 1))
      : gatherRows(b, table, tokenPositions(b, inputs));
  return drop('transformer.drop', reshape(b, add(b, words, places), ['batch·tokens', hidden], b.int64s([-1, hidden])));
}

/** @param count int64 [1] */
function firstRows(b: GraphBuilder, table: Value, count: Value): Value {
  const shape = ['tokens', ...table.shape.slice(1)];
  return b.one({ operator: 'Slice', inputs: [table, b.int64s([0]), count, b.int64s([0])], outputs: [{ shape }] });
}

interface Running {
  readonly config: Configuration;
  readonly grid: CausalGrid;
  readonly past: Past | undefined;
}

function normalise({ b, weight }: EncoderContext, config: Configuration, name: string, x: Value): Value {
  const size = [config.n_embd];
  return layerNormalization(
    b,
    x,
    weight(`${name}.weight`, size),
    weight(`${name}.bias`, size),
    config.layer_norm_epsilon,
  );
}

function buildLayer(context: EncoderContext, { config, grid, past }: Running, layer: Layer, x: Value): Value {
  const { b, drop } = context;
  const { n_embd: hidden, n_head: heads } = config;
  const joined = applyLinear(context, layer.attention, normalise(context, config, `${layer.name}.ln_1`, x));
  const parts = split(b, joined, 1, [hidden, hidden, hidden]).map((part) => splitHeads(b, part, grid, heads));
  const part = (index: number, what: string): Value => present(parts[index], `the ${what} of ${layer.name}`);
  const behind = (what: 'keys' | 'values', own: Value) => past?.join(layer.name, what, own) ?? own;
  const queries = part(0, 'queries');
  const [keys, values] = [behind('keys', part(1, 'keys')), behind('values', part(2, 'values'))];
  const attended = groupedAttention(b, { queries, keys, values }, grid, layer.scale);
  const projected = drop(`${layer.name}.attn.resid_dropout`, applyLinear(context, layer.output, attended));
  const afterAttention = add(b, projected, x);
  const inner = applyLinear(context, layer.inner, normalise(context, config, `${layer.name}.ln_2`, afterAttention));
  const activated = activations[config.activation_function](b, inner);
  const outer = drop(`${layer.name}.mlp.dropout`, applyLinear(context, layer.outer, activated));
  return add(b, outer, afterAttention);
}
