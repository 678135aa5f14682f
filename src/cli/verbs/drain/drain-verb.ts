import { verb } from '../../verb.ts';
import { optionalSweep } from '../../verb-parameters.ts';

export const drainVerb = verb<Record<never, never>, [string?]>(
  {
    name: 'drain',
    words: '[SWEEP]',
    brief: 'lets what was begun come to its end, begins nothing more, and then pauses',
    examples: ['dropsweep drain my-sweep'],
  },
  { positional: optionalSweep },
  async () => (await import('./drain.ts')).drain,
);
