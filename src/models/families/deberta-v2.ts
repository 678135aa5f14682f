import { z } from 'zod';
import { gemm, multiply, reshape } from '../../onnx/operators.ts';
import { toFloat } from '../../onnx/sizes/run-time-sizes.ts';
import { activationNames, activations } from '../blocks/activations.ts';
import { disentangledAttention } from '../blocks/disentangled-attention.ts';
import { embedTokens } from '../blocks/embeddings.ts';
import { encoderHead, twoLinearHead } from '../blocks/encoder-head.ts';
import { encoderExpectation, encoderMembers, postNormLayers } from '../blocks/encoder-members.ts';
import { normalise } from '../blocks/normalise.ts';
import { bertLayerNames, type LayerNames, postNormEncoder } from '../blocks/post-norm-encoder.ts';
import { readMembers, unsupportedConfiguration } from '../blocks/read-members.ts';
import type { Encoder } from '../encoder.ts';

const term = z.enum(['c2p', 'p2c']);
const terms = z.preprocess(
  (given) => (typeof given === 'string' ? given.toLowerCase().split('|') : given),
  z.array(term).nullable(),
);

const schema = z.object({
  ...encoderMembers,
  model_type: z.literal('deberta-v2'),
  layer_norm_eps: z.number().positive().default(1e-7),
  type_vocab_size: z.number().int().nonnegative().default(0),
  embedding_size: z.number().int().positive().optional(),
  relative_attention: z.literal(true),
  max_relative_positions: z.number().int().default(-1),
  position_buckets: z.number().int().default(-1),
  pos_att_type: terms.default(null),
  share_att_key: z.boolean().default(false),
  norm_rel_ebd: z.enum(['none', 'layer_norm']).default('none'),
  position_biased_input: z.boolean().default(true),
  attention_head_size: z.number().optional(),
  conv_kernel_size: z.literal(0).default(0),
  pooler_hidden_act: z.enum(activationNames).default('gelu'),
  pooler_hidden_size: z.number().int().positive().optional(),
});

const names: LayerNames = {
  ...bertLayerNames,
  query: 'attention.self.query_proj',
  key: 'attention.self.key_proj',
  value: 'attention.self.value_proj',
};
const [positionKey, positionQuery] = ['attention.self.pos_key_proj', 'attention.self.pos_query_proj'];

/**
 * DeBERTa-v2 and v3 (arXiv 2006.03654, 2111.09543), as transformers' DebertaV2Model computes them. Where keys are
 * shared, the linears of queries and keys, and so their adapters, see the relative positions too.
 * @throws MODEL_UNSUPPORTED
 */
export function debertaV2(given: unknown, file: string): Encoder {
  const config = readMembers(
    schema,
    given,
    file,
    `${encoderExpectation} with relative attention by c2p, p2c, no convolution, heads of hidden_size / heads`,
  );
  const { hidden_size: hidden, num_attention_heads: heads, layer_norm_eps: epsilon } = config;
  if ((config.attention_head_size ?? hidden / heads) !== hidden / heads) {
    const got = `attention_head_size ${config.attention_head_size}`;
    throw unsupportedConfiguration(file, got, `${hidden / heads}: hidden_size / num_attention_heads`);
  }
  const { max_position_embeddings: positions, share_att_key: shared, embedding_size: narrow = hidden } = config;
  const has = (wanted: z.infer<typeof term>) => config.pos_att_type?.includes(wanted) ?? false;
  const positionLinear = (own: string, content: string) => (layer: string) => ({
    name: `${layer}.${shared ? content : own}`,
    inFeatures: hidden,
    outFeatures: hidden,
    bias: true,
  });
  const tables = {
    name: 'deberta.embeddings',
    columns: narrow,
    words: config.vocab_size,
    types: config.type_vocab_size,
    positions: config.position_biased_input ? { rows: positions } : null,
  };
  return postNormEncoder({
    ...postNormLayers(config, file, 'deberta.encoder.layer'),
    vocabulary: config.vocab_size,
    names,
    moreLinears: [has('c2p') ? positionKey : '', has('p2c') ? positionQuery : '']
      .filter((name) => !shared && name !== '')
      .map((name) => ({ name, bias: true })),
    attention: disentangledAttention({
      table: 'deberta.encoder.rel_embeddings.weight',
      tableNorm: config.norm_rel_ebd === 'none' ? null : { name: 'deberta.encoder.LayerNorm', epsilon },
      positions: {
        buckets: Math.max(0, config.position_buckets),
        maxDistance: config.max_relative_positions < 1 ? positions : config.max_relative_positions,
      },
      positionDropout: 'attention.self.pos_dropout',
      tokenLimit: positions,
      positionKey: has('c2p') ? positionLinear(positionKey, names.key) : null,
      positionQuery: has('p2c') ? positionLinear(positionQuery, names.query) : null,
    }),
    embed(context, inputs) {
      const { b, weight } = context;
      const flat = embedTokens(context, inputs, tables);
      const projected =
        narrow === hidden
          ? flat
          : gemm(b, flat, weight('deberta.embeddings.embed_proj.weight', [hidden, narrow]), { transB: true });
      const x = normalise(context, 'deberta.embeddings.LayerNorm', projected, { size: hidden, epsilon });
      const kept = reshape(b, toFloat(b, inputs.attentionMask), ['batch·tokens', 1], b.int64s([-1, 1]));
      return context.drop('deberta.embeddings.dropout', multiply(b, x, kept));
    },
    head: (task) =>
      encoderHead(task, hidden, (outputs) => {
        const size = config.pooler_hidden_size ?? hidden;
        const inner = { name: 'pooler.dense', inFeatures: size, outFeatures: size };
        return twoLinearHead(inner, 'classifier', outputs, activations[config.pooler_hidden_act]);
      }),
  });
}
