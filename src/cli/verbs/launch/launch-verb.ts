import { verb } from '../../verb.ts';
import { detachFlag, sweepFile } from '../../verb-parameters.ts';

export interface LaunchFlags {
  readonly dryRun: boolean;
  readonly detach: boolean;
}

export const launchVerb = verb<LaunchFlags, [string]>(
  {
    name: 'launch',
    words: 'FILE',
    brief: 'checks a sweep file, says what it will cost, runs it',
    about: `Checks a sweep file, says how many trainings it takes and for how long, and runs it under
this machine's services. The same file again attaches to its sweep; another file of that name is refused.`,
    examples: ['dropsweep launch --dry-run sweep.yaml', 'dropsweep launch sweep.yaml'],
    output: {
      kind: 'own',
      what: 'what it will cost; then the dashboard on a terminal, else a line for each change, then the front',
    },
  },
  {
    flags: {
      dryRun: { kind: 'boolean', default: false, withNegated: false, brief: 'say what it will cost, start nothing' },
      detach: detachFlag,
    },
    positional: sweepFile,
  },
  async () => (await import('./launch.ts')).launch,
);
