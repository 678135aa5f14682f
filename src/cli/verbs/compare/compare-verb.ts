import { verb } from '../../verb.ts';
import { type FormatFlags, formatFlag, parseText } from '../../verb-parameters.ts';

export const compareVerb = verb<FormatFlags, string[]>(
  {
    name: 'compare',
    words: 'SWEEP TRIAL …',
    brief: 'trials side by side',
    examples: ['dropsweep compare my-sweep 3 7'],
  },
  {
    flags: { format: formatFlag },
    positional: {
      kind: 'array',
      minimum: 2,
      parameter: { brief: 'sweep, then the numbers of its trials', parse: parseText, placeholder: 'sweep-or-trial' },
    },
  },
  async () => (await import('./compare.ts')).compare,
);
