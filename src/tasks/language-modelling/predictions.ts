import type { TaskPredictions } from '../task.ts';
import { rowLosses } from './scores.ts';

/** How well each row's response was foretold. */
export const predictions: TaskPredictions = {
  of: (mean, evaluated) =>
    rowLosses(mean, evaluated).map(({ loss, tokens }, row) => ({
      row,
      response_tokens: tokens,
      negative_log_likelihood: tokens === 0 ? null : loss,
      perplexity: tokens === 0 ? null : Math.exp(loss / tokens),
    })),
};
