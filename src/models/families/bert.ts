import { z } from 'zod';
import { gemm, unary } from '../../onnx/operators.ts';
import { encoderHead } from '../blocks/encoder-head.ts';
import { encoderExpectation, encoderMembers, postNormLayers } from '../blocks/encoder-members.ts';
import { normalisedEmbeddings } from '../blocks/embeddings.ts';
import { postNormEncoder } from '../blocks/post-norm-encoder.ts';
import { readMembers } from '../blocks/read-members.ts';
import type { Encoder } from '../encoder.ts';
import { firstTokenClassifier, type Head } from '../heads/heads.ts';

/** The members of config.json that BERT's graph depends on, as transformers names them. */
const schema = z.object({
  ...encoderMembers,
  model_type: z.literal('bert'),
  type_vocab_size: z.number().int().positive(),
});

/**
 * BERT (arXiv 1810.04805) and its distilled kin such as MiniLM, as transformers' BertModel computes them.
 * @throws MODEL_UNSUPPORTED
 */
export function bert(given: unknown, file: string): Encoder {
  const config = readMembers(schema, given, file, encoderExpectation);
  const { hidden_size: hidden, layer_norm_eps: epsilon } = config;
  const tables = {
    name: 'bert.embeddings',
    columns: hidden,
    words: config.vocab_size,
    types: config.type_vocab_size,
    positions: { rows: config.max_position_embeddings },
  };
  return postNormEncoder({
    ...postNormLayers(config, file, 'bert.encoder.layer'),
    vocabulary: config.vocab_size,
    embed: (context, inputs) => normalisedEmbeddings(context, inputs, tables, epsilon),
    head: (task) => encoderHead(task, hidden, (outputs) => pooledHead(outputs, hidden)),
  });
}

/** The frozen pooler (a linear and tanh) before one trainable linear. */
function pooledHead(labels: number, hidden: number): Head {
  const classifier = firstTokenClassifier(labels, hidden);
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
