import { verb } from '../../verb.ts';
import { flag, object, outcomeOutput, text } from '../../output/verb-output.ts';
import { formatFlag, optionalSweep, parseCount } from '../../verb-parameters.ts';
import type { WaitFlags } from './wait.ts';

export const waitVerb = verb<WaitFlags, [string?]>(
  {
    name: 'wait',
    words: '[SWEEP]',
    brief: 'until it has ended, with its outcome as exit status',
    examples: ['dropsweep wait my-sweep --timeout 3600'],
    output: outcomeOutput(
      text('sweep', 'its name'),
      text('state', 'running, paused, completed or cancelled'),
      object('counts', 'trainings by state'),
      flag('timed_out', 'the time was over first'),
    ),
  },
  {
    flags: {
      timeout: { kind: 'parsed', parse: parseCount, optional: true, brief: 'seconds to wait at most' },
      format: formatFlag,
    },
    positional: optionalSweep,
  },
  async () => (await import('./wait.ts')).wait,
);
