import { verb } from '../../verb.ts';
import { steeredOutput } from '../../output/verb-output.ts';
import { numberParser } from '@stricli/core';
import { formatFlag, parseCount, parseText } from '../../verb-parameters.ts';
import type { SetVerbFlags } from './set-sweep.ts';

export const setVerb = verb<SetVerbFlags, string[]>(
  {
    name: 'set',
    words: 'SWEEP [NAME=VALUE…]',
    brief: 'changes the priority, the parallelism or the budget of a sweep while it runs',
    examples: [
      'dropsweep set my-sweep budget.hours=4 parallelism=8 priority=5',
      'dropsweep set my-sweep budget.no_better_since=none',
    ],
    output: steeredOutput,
  },
  {
    flags: {
      format: formatFlag,
      priority: { kind: 'parsed', parse: numberParser, optional: true, brief: 'a whole number; higher goes first' },
      parallelism: { kind: 'parsed', parse: parseCount, optional: true, brief: 'trainings at once' },
    },
    positional: {
      kind: 'array',
      minimum: 1,
      parameter: {
        brief: 'the sweep, then what is set: budget.hours=4, parallelism=8, priority=5; none takes a limit away',
        parse: parseText,
        placeholder: 'sweep-or-name=value',
        proposeCompletions: async (): Promise<readonly string[]> =>
          (await import('../../reading/propose-sweeps.ts')).proposeSweeps(),
      },
    },
  },
  async () => (await import('./set-sweep.ts')).setSweep,
);
