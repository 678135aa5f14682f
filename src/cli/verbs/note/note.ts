import { DropsweepError } from '../../../base/errors.ts';
import { withRecord } from '../../../launch/open-record.ts';
import { annotate } from '../../../store/annotations.ts';
import type { CliContext } from '../../cli-context.ts';
import { sayOutcome } from '../../output/say-outcome.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

export interface NoteFlags extends FormatFlags {
  readonly trial?: number;
  readonly remove: boolean;
}

const longest = 2_000;

export async function note(this: CliContext, flags: NoteFlags, sweep: string, text?: string): Promise<void> {
  if (text !== undefined && flags.remove) {
    throw new DropsweepError('USAGE', 'a note is written or taken away, not both', { got: text, fix: 'leave out one' });
  }
  const written = text?.trim();
  if (written !== undefined && (written === '' || written.length > longest)) {
    throw new DropsweepError('USAGE', written === '' ? 'the note is empty' : 'the note is too long', {
      got: `${written.length} characters`,
      expected: `1 to ${longest}`,
      fix: 'to take a note away: dropsweep note SWEEP --remove',
    });
  }
  const trial = flags.trial ?? null;
  await withRecord(async ({ store }) => {
    const change = flags.remove ? { note: null } : written === undefined ? {} : { note: written };
    const said = await annotate(store, { sweep, trial }, change);
    const whose = trial === null ? sweep : `Trial ${trial} of ${sweep}`;
    sayOutcome(this, flags.format, {
      sweep,
      trial,
      note: said.note,
      text: said.note === null ? `${whose} has no note.` : `${whose}: ${said.note}`,
    });
  });
}
