import { verb } from '../../verb.ts';

export const upVerb = verb<Record<never, never>, []>(
  {
    name: 'up',
    words: '',
    brief: 'brings up PostgreSQL, Temporal and workers of this machine; unfinished sweeps go on',
    examples: ['dropsweep up'],
  },
  {},
  async () => (await import('./up.ts')).up,
);
