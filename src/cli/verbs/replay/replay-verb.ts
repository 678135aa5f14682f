import { verb } from '../../verb.ts';
import { integer, outcomeOutput, text } from '../../output/verb-output.ts';
import { type FormatFlags, formatFlag, requiredSweep } from '../../verb-parameters.ts';

export const replayVerb = verb<FormatFlags, [string]>(
  {
    name: 'replay',
    words: 'SWEEP',
    brief: 'folds its search again from the log, and compares every decision',
    examples: ['dropsweep replay my-sweep'],
    output: outcomeOutput(
      text('sweep', 'its name'),
      integer('decisions', 'each as it follows from the log'),
      integer('events', 'in the log'),
      integer('snapshot', 'event after which what it remembers was written down, and found right', { orNull: true }),
    ),
  },
  { flags: { format: formatFlag }, positional: requiredSweep },
  async () => (await import('./replay.ts')).replay,
);
