import { verb } from '../../verb.ts';
import { steeredOutput } from '../../output/verb-output.ts';
import { formatFlag, sweepNameParameter } from '../../verb-parameters.ts';
import type { RetryFlags } from './retry.ts';

export const retryVerb = verb<RetryFlags, string[]>(
  {
    name: 'retry',
    words: '[SWEEP] [TRIAL …]',
    brief: 'tries failed trainings again, or those of some trials',
    about: `Tries again the trainings of a sweep that failed; where trials are named, the trainings of these alone, which may
have been cancelled too. The sweep goes on for them if it has ended; a paused one stays paused.`,
    examples: ['dropsweep retry my-sweep', 'dropsweep retry my-sweep 3 17'],
    output: steeredOutput,
  },
  {
    flags: {
      format: formatFlag,
      failed: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'those that failed: the default, said for scripts',
      },
    },
    positional: {
      kind: 'array',
      parameter: {
        ...sweepNameParameter,
        brief: 'sweep (default: the newest), then the numbers of its trials (default: all that failed)',
        placeholder: 'sweep-or-trial',
      },
    },
  },
  async () => (await import('./retry.ts')).retry,
);
