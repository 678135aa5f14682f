import type { Progress } from '../../base/progress.ts';
import type { Tokenised } from '../../data/tokens/tokenise.ts';

/** Tells of the rows of a split, or of a set, how many of the texts that are made of them are tokenised. */
export function tokenising(progress: Progress | undefined, split: string): Tokenised {
  return (done, of) => progress?.(`tokenising ${split} rows`, { done, of, unit: 'texts' });
}
