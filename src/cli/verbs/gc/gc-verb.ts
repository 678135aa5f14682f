import { parseBytes } from '../../output/byte-sizes.ts';
import { verb } from '../../verb.ts';
import { flag, integer, text } from '../../output/verb-output.ts';
import { formatFlag, parseCount } from '../../verb-parameters.ts';
import type { GcFlags } from './gc.ts';

export const gcVerb = verb<GcFlags, []>(
  {
    name: 'gc',
    words: '',
    brief: 'removes checkpoints that a later one has superseded; to a budget, and old history, where asked',
    about: `Removes checkpoints of this machine that a later one of their training has superseded, and files
that no record speaks of, and inputs that were made of rows where nobody read them for a month, or they are beyond 4 GiB.
--budget removes checkpoints of trainings that have succeeded until the rest fits, those first that are cheapest to train again; what is on a sweep's front, pinned, or what a training goes on from is kept. A training
whose checkpoint is gone is trained again, to the same bits, when something more is to be scored of it. --history forgets
attempts, metrics by step and events of trainings that ended so many days ago, never a result. --programs removes the folders (<data>/programs) of a program's trainings that
succeeded so many days ago, but for fronts and pinned ones.`,
    examples: ['dropsweep gc --dry-run', 'dropsweep gc --budget 20GB --history 90'],
    output: {
      kind: 'rows',
      columns: [
        text('what', 'superseded, retrainable, leftover, inputs, programs, history'),
        integer('removed', 'how many; with --dry-run: would be'),
        integer('bytes', 'of them', { unit: 'B', orNull: true }),
        text('text', 'what people read of it'),
      ],
      facts: [flag('dry_run', 'nothing was removed'), integer('kept_bytes', 'of checkpoints', { unit: 'B' })],
    },
  },
  {
    flags: {
      format: formatFlag,
      dryRun: { kind: 'boolean', default: false, withNegated: false, brief: 'say what would go, remove nothing' },
      budget: { kind: 'parsed', parse: parseBytes, optional: true, brief: 'what checkpoints may take, as 20GB' },
      history: { kind: 'parsed', parse: parseCount, optional: true, brief: 'days after which history is forgotten' },
      programs: {
        kind: 'parsed',
        parse: parseCount,
        optional: true,
        brief: 'days after which what programs kept goes',
      },
    },
  },
  async () => (await import('./gc.ts')).gc,
);
