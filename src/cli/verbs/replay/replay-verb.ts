import { verb } from '../../verb.ts';
import { requiredSweep } from '../../verb-parameters.ts';

export const replayVerb = verb<Record<never, never>, [string]>(
  {
    name: 'replay',
    words: 'SWEEP',
    brief: 'folds its search again from the log, and compares every decision',
    examples: ['dropsweep replay my-sweep'],
  },
  { positional: requiredSweep },
  async () => (await import('./replay.ts')).replay,
);
