import { verb } from '../../verb.ts';
import { outcomeOutput, text } from '../../output/verb-output.ts';
import { type FormatFlags, formatFlag } from '../../verb-parameters.ts';

export const upVerb = verb<FormatFlags, []>(
  {
    name: 'up',
    words: '',
    brief: 'brings up PostgreSQL, Temporal and workers of this machine; unfinished sweeps go on',
    examples: ['dropsweep up'],
    output: outcomeOutput(
      text('database', 'without its password'),
      text('temporal', 'its address', { orNull: true }),
      text('data', 'the data directory'),
    ),
  },
  { flags: { format: formatFlag } },
  async () => (await import('./up.ts')).up,
);
