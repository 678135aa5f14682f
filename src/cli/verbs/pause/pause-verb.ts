import { verb } from '../../verb.ts';
import { steeredOutput } from '../../output/verb-output.ts';
import { type FormatFlags, formatFlag, optionalSweep } from '../../verb-parameters.ts';

export const pauseVerb = verb<FormatFlags, [string?]>(
  {
    name: 'pause',
    words: '[SWEEP]',
    brief: 'checkpoints what runs and frees its slots',
    examples: ['dropsweep pause my-sweep'],
    output: steeredOutput,
  },
  { flags: { format: formatFlag }, positional: optionalSweep },
  async () => (await import('./pause.ts')).pause,
);
