import { verb } from '../../verb.ts';

export const downVerb = verb<Record<never, never>, []>(
  {
    name: 'down',
    words: '',
    brief: 'stops them; sweeps go on with the next up',
    examples: ['dropsweep down'],
  },
  {},
  async () => (await import('./down.ts')).down,
);
