import { verb } from '../../verb.ts';
import { any, sweepFactColumns, text } from '../../output/verb-output.ts';
import { type FormatFlags, formatFlag, parseText, sweepNameParameter } from '../../verb-parameters.ts';

const columns = [
  text('field', 'of trials: state, a setting in which they differ, or a metric'),
  any('trial_<number>', 'its value there, in the unit of the metric', { orNull: true }),
  text(
    'method',
    'of sweeps, in place of these columns: the method, and for each sweep SWEEP.<metric>, …_lower, …_upper and SWEEP.settings; then difference and probability (Holm); facts: sweeps, objective',
  ),
];

export const compareVerb = verb<FormatFlags, string[]>(
  {
    name: 'compare',
    words: 'SWEEP TRIAL …',
    brief: 'trials side by side, or whole sweeps',
    about: `Trials of a sweep side by side, where they differ and what they scored. Names of several sweeps without trials:
the best configuration of each method in each of them, paired on seeds and rows where these are the same.`,
    examples: ['dropsweep compare my-sweep 3 7', 'dropsweep compare with-dropout without-dropout'],
    output: { kind: 'rows', columns, facts: sweepFactColumns },
  },
  {
    flags: { format: formatFlag },
    positional: {
      kind: 'array',
      minimum: 2,
      parameter: {
        ...sweepNameParameter,
        brief: 'sweep, then the numbers of its trials; or sweeps',
        parse: parseText,
        placeholder: 'sweep-or-trial',
      },
    },
  },
  async () => (await import('./compare.ts')).compare,
);
