import { z } from 'zod';
import { activations } from '../blocks/activations.ts';
import { encoderHead, twoLinearHead } from '../blocks/encoder-head.ts';
import { encoderExpectation, encoderMembers, postNormLayers } from '../blocks/encoder-members.ts';
import { normalisedEmbeddings } from '../blocks/embeddings.ts';
import { postNormEncoder } from '../blocks/post-norm-encoder.ts';
import { readMembers } from '../blocks/read-members.ts';
import type { Encoder } from '../encoder.ts';

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
  const { hidden_size: hidden, layer_norm_eps: epsilon, max_position_embeddings: rows, pad_token_id: padId } = config;
  const tables = {
    name: 'roberta.embeddings',
    columns: hidden,
    words: config.vocab_size,
    types: config.type_vocab_size,
    positions: { rows, besidePadding: padId },
  };
  return postNormEncoder({
    ...postNormLayers(config, file, 'roberta.encoder.layer'),
    vocabulary: config.vocab_size,
    tokenLimit: { tokens: rows - padId - 1, option: 'max_position_embeddings' },
    embed: (context, inputs) => normalisedEmbeddings(context, inputs, tables, epsilon),
    head: (task) =>
      encoderHead(task, hidden, (outputs) => {
        const inner = { name: 'classifier.dense', inFeatures: hidden, outFeatures: hidden };
        return twoLinearHead(inner, 'classifier.out_proj', outputs, activations.tanh);
      }),
  });
}
