import { verb } from '../../verb.ts';
import { optionalSweep } from '../../verb-parameters.ts';

export const pauseVerb = verb<Record<never, never>, [string?]>(
  {
    name: 'pause',
    words: '[SWEEP]',
    brief: 'checkpoints what runs and frees its slots',
    examples: ['dropsweep pause my-sweep'],
  },
  { positional: optionalSweep },
  async () => (await import('./pause.ts')).pause,
);
