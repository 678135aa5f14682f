import { z } from 'zod';
import { activationNames, activations } from '../blocks/activations.ts';
import { encoderHead, twoLinearHead } from '../blocks/encoder-head.ts';
import { postNormLayers } from '../blocks/encoder-members.ts';
import { normalisedEmbeddings } from '../blocks/embeddings.ts';
import { type LayerNames, postNormEncoder } from '../blocks/post-norm-encoder.ts';
import { readMembers } from '../blocks/read-members.ts';
import type { Encoder } from '../encoder.ts';

const count = z.number().int().positive();

const schema = z.object({
  model_type: z.literal('distilbert'),
  dim: count,
  hidden_dim: count,
  n_layers: count,
  n_heads: count,
  vocab_size: count,
  max_position_embeddings: count,
  activation: z.enum(activationNames).default('gelu'),
  initializer_range: z.number().positive().default(0.02),
});

const names: LayerNames = {
  query: 'attention.q_lin',
  key: 'attention.k_lin',
  value: 'attention.v_lin',
  attentionOutput: 'attention.out_lin',
  attentionNorm: 'sa_layer_norm',
  intermediate: 'ffn.lin1',
  output: 'ffn.lin2',
  outputNorm: 'output_layer_norm',
  attentionDropout: null,
  outputDropout: 'ffn.dropout',
};

/** Fixed in transformers' code. */
const epsilon = 1e-12;

/**
 * DistilBERT (arXiv 1910.01108), as transformers' DistilBertModel computes it: BERT's layers under other names, no
 * token types. @throws MODEL_UNSUPPORTED
 */
export function distilbert(given: unknown, file: string): Encoder {
  const config = readMembers(schema, given, file, `activation ${activationNames.join(', ')}`);
  const { dim: hidden, max_position_embeddings: rows } = config;
  const members = {
    hidden_size: hidden,
    intermediate_size: config.hidden_dim,
    num_hidden_layers: config.n_layers,
    num_attention_heads: config.n_heads,
    max_position_embeddings: rows,
    layer_norm_eps: epsilon,
    initializer_range: config.initializer_range,
    hidden_act: config.activation,
  };
  const tables = {
    name: 'distilbert.embeddings',
    columns: hidden,
    words: config.vocab_size,
    types: 0,
    positions: { rows },
  };
  return postNormEncoder({
    ...postNormLayers(members, file, 'distilbert.transformer.layer'),
    vocabulary: config.vocab_size,
    names,
    embed: (context, inputs) => normalisedEmbeddings(context, inputs, tables, epsilon),
    head: (task) =>
      encoderHead(task, hidden, (outputs) => {
        const inner = { name: 'pre_classifier', inFeatures: hidden, outFeatures: hidden };
        return twoLinearHead(inner, 'classifier', outputs, activations.relu);
      }),
  });
}
