import { DropsweepError } from '../../base/errors.ts';
import { concat, gemm, reshape } from '../../onnx/operators.ts';
import { shapeOf } from '../../onnx/sizes/run-time-sizes.ts';
import type { Head, HeadTask } from '../heads/heads.ts';
import { meanPooledHead } from '../heads/mean-pooled-head.ts';
import { nextTokenLikelihoods } from '../heads/language-model-loss.ts';
import { lastTokenHead } from './last-token-head.ts';
import { nextWordHead } from './next-word-head.ts';

export interface LanguageModel {
  readonly family: string;
  readonly hidden: number;
  readonly vocabulary: number;
  /** Where the output's matrix lies: the table of the words, where the two are tied. */
  readonly projection: string;
  /** config.json's pad_token_id, where it has one. */
  readonly padId: number | null;
}

/**
 * A decoder's head: scores, or likelihoods, of the next token from the frozen output matrix, of which nothing is trained; for classes and
 * targets a linear over the last token, or over the mean of the tokens where that is asked for.
 * @throws MODEL_UNSUPPORTED for another task
 */
export function decoderHead(task: HeadTask, model: LanguageModel): Head {
  const { family, hidden, vocabulary, projection } = model;
  if (task.of === 'samples')
    return task.pooling === 'mean'
      ? meanPooledHead(task.outputs, hidden)
      : lastTokenHead(task.outputs, hidden, model.padId);
  if (task.of === 'next_words') return nextWordHead(task.tokens, model);
  if (task.of === 'tokens') {
    throw new DropsweepError('MODEL_UNSUPPORTED', 'this family has no head for the task', {
      where: `model_type ${family}`,
      got: `a head of each token (${task.linear})`,
      expected: 'a task of whole samples, or of the next token',
      fix: 'choose an encoder as base model for this task',
    });
  }
  return {
    reading: 'all_tokens',
    tensors: [],
    projection: ({ weight }) => weight(projection, [vocabulary, hidden]),
    logits({ b, weight, inputIds }, x) {
      if (task.of === 'next_tokens') {
        const likelihoods = nextTokenLikelihoods(b, x, weight(projection, [vocabulary, hidden]), inputIds);
        const column = concat(b, [shapeOf(b, inputIds), b.int64s([1])], 0);
        return reshape(b, likelihoods, ['batch', 'tokens', 1], column);
      }
      const flat = gemm(b, x, weight(projection, [vocabulary, hidden]), { transB: true });
      const shape = concat(b, [shapeOf(b, inputIds), b.int64s([vocabulary])], 0);
      return reshape(b, flat, ['batch', 'tokens', vocabulary], shape);
    },
  };
}
