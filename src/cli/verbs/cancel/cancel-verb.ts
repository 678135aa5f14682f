import { verb } from '../../verb.ts';
import { steeredOutput } from '../../output/verb-output.ts';
import { type FormatFlags, formatFlag, requiredSweep } from '../../verb-parameters.ts';

export const cancelVerb = verb<FormatFlags, [string]>(
  {
    name: 'cancel',
    words: 'SWEEP',
    brief: 'ends it; what is finished stays',
    examples: ['dropsweep cancel my-sweep'],
    output: steeredOutput,
  },
  { flags: { format: formatFlag }, positional: requiredSweep },
  async () => (await import('./cancel.ts')).cancel,
);
