import { verb } from '../../verb.ts';
import { steeredOutput } from '../../output/verb-output.ts';
import { formatFlag, optionalSweep } from '../../verb-parameters.ts';
import type { RetryFlags } from './retry.ts';

export const retryVerb = verb<RetryFlags, [string?]>(
  {
    name: 'retry',
    words: '[SWEEP]',
    brief: 'tries failed trainings again',
    examples: ['dropsweep retry my-sweep --failed'],
    output: steeredOutput,
  },
  {
    flags: {
      format: formatFlag,
      failed: { kind: 'boolean', default: false, withNegated: false, brief: 'needed: only failed ones can be' },
    },
    positional: optionalSweep,
  },
  async () => (await import('./retry.ts')).retry,
);
