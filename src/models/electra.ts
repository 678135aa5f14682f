import { z } from 'zod';
import { add, gatherRows, gemm } from '../onnx/operators.ts';
import { activations } from './blocks/activations.ts';
import { firstPositions, flatRows } from './blocks/embeddings.ts';
import { encoderHead, twoLinearHead } from './blocks/encoder-head.ts';
import { demandWholeHeads, encoderExpectation, encoderMembers } from './blocks/encoder-members.ts';
import { normalise } from './blocks/normalise.ts';
import { bertLayerNames, postNormEncoder } from './blocks/post-norm-encoder.ts';
import { readMembers } from './blocks/read-members.ts';
import type { Encoder } from './encoder.ts';

const schema = z.object({
  ...encoderMembers,
  model_type: z.literal('electra'),
  embedding_size: z.number().int().positive(),
  type_vocab_size: z.number().int().positive(),
});

/**
 * ELECTRA's discriminator (arXiv 2003.10555), as transformers' ElectraModel computes it: BERT's layers over embeddings
 * of a size of their own, projected where that differs. @throws MODEL_UNSUPPORTED
 */
export function electra(given: unknown, file: string): Encoder {
  const config = readMembers(schema, given, file, encoderExpectation);
  const { hidden_size: hidden, num_attention_heads: heads, embedding_size: narrow, layer_norm_eps: epsilon } = config;
  demandWholeHeads(hidden, heads, file);
  const positions = config.max_position_embeddings;
  return postNormEncoder({
    sizes: { hidden, wide: config.intermediate_size, heads },
    epsilon,
    activation: activations[config.hidden_act],
    initializerRange: config.initializer_range,
    tokenLimit: { tokens: positions, option: 'max_position_embeddings' },
    layers: Array.from({ length: config.num_hidden_layers }, (_, layer) => `electra.encoder.layer.${layer}`),
    names: bertLayerNames,
    embed(context, { inputIds, tokenTypeIds }) {
      const { b, weight } = context;
      const table = (kind: string, rows: number) =>
        weight(`electra.embeddings.${kind}_embeddings.weight`, [rows, narrow]);
      const words = gatherRows(b, table('word', config.vocab_size), inputIds);
      const types = gatherRows(b, table('token_type', config.type_vocab_size), tokenTypeIds);
      const sum = add(b, add(b, words, types), firstPositions(b, table('position', positions), inputIds));
      const x = normalise(context, 'electra.embeddings.LayerNorm', flatRows(b, sum, narrow), { size: narrow, epsilon });
      if (narrow === hidden) return x;
      const c = weight('electra.embeddings_project.bias', [hidden]);
      return gemm(b, x, weight('electra.embeddings_project.weight', [hidden, narrow]), { transB: true, c });
    },
    head: (task) =>
      encoderHead(task, hidden, () => {
        const inner = { name: 'classifier.dense', inFeatures: hidden, outFeatures: hidden };
        return twoLinearHead(inner, 'classifier.out_proj', task.labels, activations.gelu);
      }),
  });
}
