import { formatCount } from '../base/format-count.ts';
import { DropsweepError } from '../base/errors.ts';
import type { TokenLimit } from './encoder.ts';

/** @throws MODEL_UNSUPPORTED where rows of this many tokens would meet a sliding window, or run out of positions */
export function demandLength(tokens: number, limit: TokenLimit | undefined): void {
  if (limit === undefined || tokens <= limit.tokens) return;
  throw new DropsweepError('MODEL_UNSUPPORTED', 'rows are longer than the engine builds this model for', {
    where: `config.json: ${limit.option}`,
    got: formatCount(tokens, 'token'),
    expected: `at most ${limit.tokens}`,
    fix: `set max_length to ${limit.tokens} or less`,
  });
}
