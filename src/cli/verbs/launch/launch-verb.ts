import { verb } from '../../verb.ts';
import { flag, integer, list, number, outcomeOutput, text } from '../../output/verb-output.ts';
import { detachedFormat, detachFlag, sweepFile } from '../../verb-parameters.ts';
import type { LaunchFlags } from './launch.ts';

const orNull = { orNull: true } as const;
const seconds = { unit: 's', orNull: true } as const;

export const launchVerb = verb<LaunchFlags, [string]>(
  {
    name: 'launch',
    words: 'FILE',
    brief: 'checks a sweep file, says what it will cost, runs it',
    about: `Checks a sweep file, says how many trainings it takes and for how long, and runs it under
this machine's services. The same file again attaches to its sweep; another file of that name is refused. With neither
--dry-run nor --detach it shows the sweep until it ends: the dashboard on a terminal, else a line for each change, then
the front.`,
    examples: [
      'dropsweep launch --dry-run sweep.yaml',
      'dropsweep launch sweep.yaml',
      'dropsweep launch --detach sweep.yaml --format json',
    ],
    output: outcomeOutput(
      text('sweep', 'its name'),
      text('base', 'base model'),
      text('trainer', 'onnx, simulated, program or ask'),
      text('task', 'its kind'),
      integer('train_rows', 'to train on; null: the program’s own affair', orNull),
      integer('dev_rows', 'to evaluate on', orNull),
      integer('test_rows', 'to evaluate on', orNull),
      integer('trials', 'evaluations of trainings; null: a search decides', orNull),
      integer('trainings', 'of the optimiser; at most so many where a search decides'),
      integer('reused_trainings', 'that are there already; null: no database is up', orNull),
      integer('merged_points', 'of the space, that mean the same as others'),
      integer('left_out_points', 'of the space, by its constraints'),
      number('predicted_seconds_low', 'of the whole sweep, at least; null: not known', seconds),
      number('predicted_seconds_high', 'of the whole sweep, at most', seconds),
      flag('timed', 'predicted from times of this machine, or of the program'),
      flag('stops_early', 'the scheduler may end trainings before their last step'),
      text('device', 'what its slots compute on'),
      integer('predicted_memory_bytes', 'of a slot; null: no model is there to look at', { unit: 'B', orNull: true }),
      list('remarks', 'on rows and base, a sentence each'),
      flag('launched', 'false: a dry run'),
      flag('attached', 'it was there already; null: a dry run', orNull),
    ),
  },
  {
    flags: {
      dryRun: { kind: 'boolean', default: false, withNegated: false, brief: 'say what it will cost, start nothing' },
      detach: detachFlag,
      format: detachedFormat('--dry-run or --detach'),
    },
    positional: sweepFile,
  },
  async () => (await import('./launch.ts')).launch,
);
