import { gatherRows, gemm } from '../../onnx/operators.ts';
import type { Head } from '../heads/heads.ts';
import { lastAttended, rowsAt } from './last-token-head.ts';
import type { LanguageModel } from './decoder-head.ts';

/**
 * Scores of some tokens as the one that follows a row's last: by their rows of the frozen output matrix, so that
 * nothing is trained and the scores of all other words are never made. Less a constant of the row, their
 * log-likelihoods.
 */
export function nextWordHead(tokens: readonly number[], { hidden, vocabulary, projection }: LanguageModel): Head {
  return {
    reading: 'all_tokens',
    tensors: [],
    logits({ b, weight, attentionMask }, x) {
      const words = gatherRows(b, weight(projection, [vocabulary, hidden]), b.int64s([...tokens]));
      const last = rowsAt(b, x, lastAttended(b, attentionMask), attentionMask, hidden);
      return gemm(b, last, words, { transB: true });
    },
  };
}
