import { formatCount } from '../../base/format-count.ts';
import { amountSentence } from '../noise/format-interval.ts';
import type { Optimism } from '../noise/noise.ts';

/** What a winner looks too good by, and over which configurations that was estimated where it is not all. */
export function optimismSentence(metric: string, { amount, over, of }: Optimism): string {
  const those =
    over === of ? '' : `, by ${over} of them: the best whose outputs were read, with the same seeds and rows`;
  return `Chosen as the best of ${formatCount(of, 'configuration')}, it looks better by about ${amountSentence(metric, amount)} than it is${those}.`;
}
