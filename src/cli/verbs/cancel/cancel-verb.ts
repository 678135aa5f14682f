import { verb } from '../../verb.ts';
import { requiredSweep } from '../../verb-parameters.ts';

export const cancelVerb = verb<Record<never, never>, [string]>(
  {
    name: 'cancel',
    words: 'SWEEP',
    brief: 'ends it; what is finished stays',
    examples: ['dropsweep cancel my-sweep'],
  },
  { positional: requiredSweep },
  async () => (await import('./cancel.ts')).cancel,
);
