import { z } from 'zod';
import { add, gatherRows, gemm, unary } from '../onnx/operators.ts';
import { activations } from './blocks/activations.ts';
import { encoderHead } from './blocks/encoder-head.ts';
import { demandWholeHeads, encoderExpectation, encoderMembers } from './blocks/encoder-members.ts';
import { firstPositions, flatRows } from './blocks/embeddings.ts';
import { normalise } from './blocks/normalise.ts';
import { bertLayerNames, postNormEncoder } from './blocks/post-norm-encoder.ts';
import { readMembers } from './blocks/read-members.ts';
import type { Encoder } from './encoder.ts';
import { firstTokenHead, type Head } from './heads.ts';

/** The members of config.json that BERT's graph depends on, as transformers names them. */
const schema = z.object({
  ...encoderMembers,
  model_type: z.literal('bert'),
  type_vocab_size: z.number().int().positive(),
});

/** BERT (arXiv 1810.04805) and its distilled kin such as MiniLM, as transformers' BertModel computes them. @throws MODEL_UNSUPPORTED */
export function bert(given: unknown, file: string): Encoder {
  const config = readMembers(schema, given, file, encoderExpectation);
  const { hidden_size: hidden, num_attention_heads: heads, layer_norm_eps: epsilon } = config;
  demandWholeHeads(hidden, heads, file);
  const positions = config.max_position_embeddings;
  return postNormEncoder({
    sizes: { hidden, wide: config.intermediate_size, heads },
    epsilon,
    activation: activations[config.hidden_act],
    initializerRange: config.initializer_range,
    tokenLimit: { tokens: positions, option: 'max_position_embeddings' },
    layers: Array.from({ length: config.num_hidden_layers }, (_, layer) => `bert.encoder.layer.${layer}`),
    names: bertLayerNames,
    embed(context, { inputIds, tokenTypeIds }) {
      const { b, weight } = context;
      const table = (kind: string, rows: number) => weight(`bert.embeddings.${kind}_embeddings.weight`, [rows, hidden]);
      const words = gatherRows(b, table('word', config.vocab_size), inputIds);
      const types = gatherRows(b, table('token_type', config.type_vocab_size), tokenTypeIds);
      const sum = add(b, add(b, words, types), firstPositions(b, table('position', positions), inputIds));
      return normalise(context, 'bert.embeddings.LayerNorm', flatRows(b, sum, hidden), { size: hidden, epsilon });
    },
    head: (task) => encoderHead(task, hidden, () => pooledHead(task.labels, hidden)),
  });
}

/** The frozen pooler (a linear and tanh) before one trainable linear. */
function pooledHead(labels: number, hidden: number): Head {
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
