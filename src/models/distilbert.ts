import { z } from 'zod';
import { add, gatherRows } from '../onnx/operators.ts';
import { activationNames, activations } from './blocks/activations.ts';
import { firstPositions, flatRows } from './blocks/embeddings.ts';
import { encoderHead, twoLinearHead } from './blocks/encoder-head.ts';
import { demandWholeHeads, encoderExpectation } from './blocks/encoder-members.ts';
import { normalise } from './blocks/normalise.ts';
import { type LayerNames, postNormEncoder } from './blocks/post-norm-encoder.ts';
import { readMembers } from './blocks/read-members.ts';
import type { Encoder } from './encoder.ts';

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
};

/** Fixed in transformers' code. */
const epsilon = 1e-12;

/**
 * DistilBERT (arXiv 1910.01108), as transformers' DistilBertModel computes it: BERT's layers under other names, no
 * token types. @throws MODEL_UNSUPPORTED
 */
export function distilbert(given: unknown, file: string): Encoder {
  const config = readMembers(schema, given, file, encoderExpectation);
  const { dim: hidden, n_heads: heads, max_position_embeddings: positions } = config;
  demandWholeHeads(hidden, heads, file);
  return postNormEncoder({
    sizes: { hidden, wide: config.hidden_dim, heads },
    epsilon,
    activation: activations[config.activation],
    initializerRange: config.initializer_range,
    tokenLimit: { tokens: positions, option: 'max_position_embeddings' },
    layers: Array.from({ length: config.n_layers }, (_, layer) => `distilbert.transformer.layer.${layer}`),
    names,
    embed(context, { inputIds }) {
      const { b, weight } = context;
      const table = (kind: string, rows: number) =>
        weight(`distilbert.embeddings.${kind}_embeddings.weight`, [rows, hidden]);
      const words = gatherRows(b, table('word', config.vocab_size), inputIds);
      const sum = add(b, words, firstPositions(b, table('position', positions), inputIds));
      return normalise(context, 'distilbert.embeddings.LayerNorm', flatRows(b, sum, hidden), { size: hidden, epsilon });
    },
    head: (task) =>
      encoderHead(task, hidden, () => {
        const inner = { name: 'pre_classifier', inFeatures: hidden, outFeatures: hidden };
        return twoLinearHead(inner, 'classifier', task.labels, activations.relu);
      }),
  });
}
