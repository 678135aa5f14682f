import { verb } from '../../verb.ts';
import { flag, outcomeOutput } from '../../output/verb-output.ts';
import { type FormatFlags, formatFlag } from '../../verb-parameters.ts';

export const downVerb = verb<FormatFlags, []>(
  {
    name: 'down',
    words: '',
    brief: 'stops them; sweeps go on with the next up',
    examples: ['dropsweep down'],
    output: outcomeOutput(flag('ran', 'something was up')),
  },
  { flags: { format: formatFlag } },
  async () => (await import('./down.ts')).down,
);
