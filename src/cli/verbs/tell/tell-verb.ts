import { verb } from '../../verb.ts';
import { any, text } from '../../output/verb-output.ts';
import { leaseAndValues, parseCount, parseSeconds, parseText } from '../../verb-parameters.ts';
import type { TellFlags } from './tell.ts';

const columns = [
  text('answer', 'go, stop, or told at the end'),
  any('<more>', 'report_at with go: the next step that decides; reason with stop'),
];

export const tellVerb = verb<TellFlags, string[]>(
  {
    name: 'tell',
    words: 'LEASE METRIC=VALUE...',
    brief: 'tells what a program that asked has measured: of a step, or at the end',
    about:
      'With --step, records what was measured there, extends the lease and prints whether to go on, as one line of JSON:\nanswer is go, with the next step that decides, or stop, with the reason. --alive does so with nothing measured, where a\nstep takes longer than the lease. Without both, ends the training: with its result, of all metrics that the sweep file\nnames, or why there is none. What was told is not recorded twice: told again, it has the same answer.',
    examples: [
      'dropsweep tell 3f0c… --step 3 accuracy=0.81 loss=0.4',
      'dropsweep tell 3f0c… --alive',
      'dropsweep tell 3f0c… accuracy=0.91 loss=0.2',
      'dropsweep tell 3f0c… --failed "the driver crashed"',
      'dropsweep tell 3f0c… --diverged "loss is NaN"',
      'dropsweep tell 3f0c… --give-back',
    ],
    output: { kind: 'json', columns, why: 'Programs alone tell, and read a line.' },
  },
  {
    flags: {
      step: { kind: 'parsed', parse: parseCount, optional: true, brief: 'a step on its way, counting from 1' },
      leaseSeconds: {
        kind: 'parsed',
        parse: parseSeconds,
        default: '300',
        brief: 'with --step and --alive: how long from now on the lease holds',
      },
      failed: { kind: 'parsed', parse: parseText, optional: true, brief: 'it failed: why' },
      diverged: {
        kind: 'parsed',
        parse: parseText,
        optional: true,
        brief: 'a metric is no finite number any more: which',
      },
      infeasible: { kind: 'parsed', parse: parseText, optional: true, brief: 'it cannot be trained: why' },
      giveBack: { kind: 'boolean', default: false, withNegated: false, brief: 'another asker goes on with it' },
      alive: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'it is worked on, with nothing measured yet',
      },
    },
    positional: leaseAndValues,
  },
  async () => (await import('./tell.ts')).tell,
);
