import { DropsweepError } from '../../../base/errors.ts';
import { withRecord } from '../../../launch/open-record.ts';
import { annotate } from '../../../store/annotations.ts';
import type { CliContext } from '../../cli-context.ts';
import { refuseUnused } from '../../reading/refuse-unused.ts';
import { sayOutcome } from '../../output/say-outcome.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

export interface TagFlags extends FormatFlags {
  readonly trial?: number;
  readonly remove: boolean;
}

/** One word, so that a filter can name it. */
const tagForm = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;

export async function tag(this: CliContext, flags: TagFlags, ...[sweep = '', ...tags]: string[]): Promise<void> {
  for (const written of tags) {
    if (tagForm.test(written)) continue;
    throw new DropsweepError('USAGE', 'this is no tag', {
      got: written,
      expected:
        'a word of at most 64 letters, digits, dots, hyphens and underscores, which begins with one of the first two',
    });
  }
  if (tags.length === 0) refuseUnused({ '--remove': flags.remove }, 'the tags that are to be taken away');
  const trial = flags.trial ?? null;
  await withRecord(async ({ store }) => {
    const change = flags.remove ? { remove: tags } : { add: tags };
    const said = await annotate(store, { sweep, trial }, change);
    const whose = trial === null ? sweep : `Trial ${trial} of ${sweep}`;
    sayOutcome(this, flags.format, {
      sweep,
      trial,
      tags: [...said.tags],
      text: said.tags.length === 0 ? `${whose} has no tags.` : `${whose}: ${said.tags.join(', ')}`,
    });
  });
}
