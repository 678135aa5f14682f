import { z } from 'zod';
import { gemm } from '../../onnx/operators.ts';
import { activations } from '../blocks/activations.ts';
import { encoderHead, twoLinearHead } from '../blocks/encoder-head.ts';
import { encoderExpectation, encoderMembers, postNormLayers } from '../blocks/encoder-members.ts';
import { normalisedEmbeddings } from '../blocks/embeddings.ts';
import { postNormEncoder } from '../blocks/post-norm-encoder.ts';
import { readMembers } from '../blocks/read-members.ts';
import type { Encoder } from '../encoder.ts';

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
  const { hidden_size: hidden, embedding_size: narrow, layer_norm_eps: epsilon } = config;
  const tables = {
    name: 'electra.embeddings',
    columns: narrow,
    words: config.vocab_size,
    types: config.type_vocab_size,
    positions: { rows: config.max_position_embeddings },
  };
  return postNormEncoder({
    ...postNormLayers(config, file, 'electra.encoder.layer'),
    vocabulary: config.vocab_size,
    embed(context, inputs) {
      const { b, weight } = context;
      const x = normalisedEmbeddings(context, inputs, tables, epsilon);
      if (narrow === hidden) return x;
      const c = weight('electra.embeddings_project.bias', [hidden]);
      return gemm(b, x, weight('electra.embeddings_project.weight', [hidden, narrow]), { transB: true, c });
    },
    head: (task) =>
      encoderHead(task, hidden, (outputs) => {
        const inner = { name: 'classifier.dense', inFeatures: hidden, outFeatures: hidden };
        return twoLinearHead(inner, 'classifier.out_proj', outputs, activations.gelu);
      }),
  });
}
