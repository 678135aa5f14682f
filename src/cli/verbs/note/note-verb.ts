import { verb } from '../../verb.ts';
import { integer, outcomeOutput, text } from '../../output/verb-output.ts';
import { formatFlag, parseText, sweepNameParameter, trialFlag } from '../../verb-parameters.ts';
import type { NoteFlags } from './note.ts';

export const noteVerb = verb<NoteFlags, [string, string?]>(
  {
    name: 'note',
    words: 'SWEEP [TEXT]',
    brief: 'writes a note on a sweep or one of its trials; without a text, says it',
    about: `Writes a note on a sweep, or with --trial on one of its trials, in place of the one before; without
a text, says it. Listings and exports show it.`,
    examples: ['dropsweep note my-sweep "rerun with more rows"', 'dropsweep note my-sweep --trial 7'],
    output: outcomeOutput(
      text('sweep', 'its name'),
      integer('trial', 'its number; null: the sweep itself', { orNull: true }),
      text('note', 'it has now', { orNull: true }),
    ),
  },
  {
    flags: {
      trial: trialFlag,
      format: formatFlag,
      remove: { kind: 'boolean', default: false, withNegated: false, brief: 'take the note away' },
    },
    positional: {
      kind: 'tuple',
      parameters: [sweepNameParameter, { brief: 'the note', parse: parseText, placeholder: 'text', optional: true }],
    },
  },
  async () => (await import('./note.ts')).note,
);
