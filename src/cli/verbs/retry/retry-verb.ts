import { verb } from '../../verb.ts';
import { optionalSweep } from '../../verb-parameters.ts';

export const retryVerb = verb<{ readonly failed: boolean }, [string?]>(
  {
    name: 'retry',
    words: '[SWEEP]',
    brief: 'tries failed trainings again',
    examples: ['dropsweep retry my-sweep --failed'],
  },
  {
    flags: {
      failed: { kind: 'boolean', default: false, withNegated: false, brief: 'needed: only failed ones can be' },
    },
    positional: optionalSweep,
  },
  async () => (await import('./retry.ts')).retry,
);
