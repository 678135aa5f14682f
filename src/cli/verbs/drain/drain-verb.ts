import { verb } from '../../verb.ts';
import { steeredOutput } from '../../output/verb-output.ts';
import { type FormatFlags, formatFlag, optionalSweep } from '../../verb-parameters.ts';

export const drainVerb = verb<FormatFlags, [string?]>(
  {
    name: 'drain',
    words: '[SWEEP]',
    brief: 'lets what was begun come to its end, begins nothing more, and then pauses',
    examples: ['dropsweep drain my-sweep'],
    output: steeredOutput,
  },
  { flags: { format: formatFlag }, positional: optionalSweep },
  async () => (await import('./drain.ts')).drain,
);
