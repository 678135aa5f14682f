import { verb } from '../../verb.ts';
import { type FormatFlags, formatFlag, parseText } from '../../verb-parameters.ts';

export const compareVerb = verb<FormatFlags, string[]>(
  {
    name: 'compare',
    words: 'SWEEP TRIAL …',
    brief: 'trials side by side, or whole sweeps',
    about: `Trials of a sweep side by side, where they differ and what they scored. Names of several sweeps without trials:
the best configuration of each method in each of them, paired on seeds and rows where these are the same.`,
    examples: ['dropsweep compare my-sweep 3 7', 'dropsweep compare with-dropout without-dropout'],
  },
  {
    flags: { format: formatFlag },
    positional: {
      kind: 'array',
      minimum: 2,
      parameter: {
        brief: 'sweep, then the numbers of its trials; or sweeps',
        parse: parseText,
        placeholder: 'sweep-or-trial',
      },
    },
  },
  async () => (await import('./compare.ts')).compare,
);
