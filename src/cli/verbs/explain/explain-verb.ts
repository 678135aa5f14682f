import { verb } from '../../verb.ts';
import { type FormatFlags, formatFlag, parseCount, sweepNameParameter } from '../../verb-parameters.ts';

export const explainVerb = verb<FormatFlags, [string, number]>(
  {
    name: 'explain',
    words: 'SWEEP TRIAL',
    brief: 'all about one trial, and why the search decided of it as it did',
    examples: ['dropsweep explain my-sweep 7'],
  },
  {
    flags: { format: formatFlag },
    positional: {
      kind: 'tuple',
      parameters: [sweepNameParameter, { brief: 'number of the trial', parse: parseCount, placeholder: 'trial' }],
    },
  },
  async () => (await import('./explain.ts')).explain,
);
