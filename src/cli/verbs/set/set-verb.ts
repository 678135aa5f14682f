import { verb } from '../../verb.ts';
import { numberParser } from '@stricli/core';
import { parseCount, requiredSweep } from '../../verb-parameters.ts';

export interface SetFlags {
  readonly priority?: number;
  readonly parallelism?: number;
}

export const setVerb = verb<SetFlags, [string]>(
  {
    name: 'set',
    words: 'SWEEP',
    brief: 'changes the priority or the parallelism of a sweep while it runs',
    examples: ['dropsweep set my-sweep --priority 5', 'dropsweep set my-sweep --parallelism 2'],
  },
  {
    flags: {
      priority: { kind: 'parsed', parse: numberParser, optional: true, brief: 'a whole number; higher goes first' },
      parallelism: { kind: 'parsed', parse: parseCount, optional: true, brief: 'trainings at once' },
    },
    positional: requiredSweep,
  },
  async () => (await import('./set-sweep.ts')).setSweep,
);
