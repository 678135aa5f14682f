import { z } from 'zod';
import { add, gatherRows } from '../onnx/operators.ts';
import { activations } from './blocks/activations.ts';
import { flatRows, positionsBesidePadding } from './blocks/embeddings.ts';
import { encoderHead, twoLinearHead } from './blocks/encoder-head.ts';
import { demandWholeHeads, encoderExpectation, encoderMembers } from './blocks/encoder-members.ts';
import { normalise } from './blocks/normalise.ts';
import { bertLayerNames, postNormEncoder } from './blocks/post-norm-encoder.ts';
import { readMembers } from './blocks/read-members.ts';
import type { Encoder } from './encoder.ts';

const schema = z.object({
  ...encoderMembers,
  model_type: z.enum(['roberta', 'xlm-roberta']),
  type_vocab_size: z.number().int().positive(),
  pad_token_id: z.number().int().nonnegative().default(1),
});

/**
 * RoBERTa (arXiv 1907.11692) and XLM-R, as transformers' RobertaModel computes them: BERT's layers, positions that
 * begin after the padding's, and a head of two linears.
 * @throws MODEL_UNSUPPORTED
 */
export function roberta(given: unknown, file: string): Encoder {
  const config = readMembers(schema, given, file, encoderExpectation);
  const { hidden_size: hidden, num_attention_heads: heads, layer_norm_eps: epsilon, pad_token_id: padId } = config;
  demandWholeHeads(hidden, heads, file);
  const positions = config.max_position_embeddings;
  return postNormEncoder({
    sizes: { hidden, wide: config.intermediate_size, heads },
    epsilon,
    activation: activations[config.hidden_act],
    initializerRange: config.initializer_range,
    tokenLimit: { tokens: positions - padId - 1, option: 'max_position_embeddings' },
    layers: Array.from({ length: config.num_hidden_layers }, (_, layer) => `roberta.encoder.layer.${layer}`),
    names: bertLayerNames,
    embed(context, { inputIds, tokenTypeIds }) {
      const { b, weight } = context;
      const table = (kind: string, rows: number) =>
        weight(`roberta.embeddings.${kind}_embeddings.weight`, [rows, hidden]);
      const words = gatherRows(b, table('word', config.vocab_size), inputIds);
      // A model with one type has no second row: what a tokeniser says of pairs is not its own.
      const typed =
        config.type_vocab_size === 1
          ? add(b, words, table('token_type', 1))
          : add(b, words, gatherRows(b, table('token_type', config.type_vocab_size), tokenTypeIds));
      const sum = add(b, typed, positionsBesidePadding(b, table('position', positions), inputIds, padId));
      return normalise(context, 'roberta.embeddings.LayerNorm', flatRows(b, sum, hidden), { size: hidden, epsilon });
    },
    head: (task) =>
      encoderHead(task, hidden, () => {
        const inner = { name: 'classifier.dense', inFeatures: hidden, outFeatures: hidden };
        return twoLinearHead(inner, 'classifier.out_proj', task.labels, activations.tanh);
      }),
  });
}
