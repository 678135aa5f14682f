import type { FormatFlags } from '../../verb-parameters.ts';
import { readTrialSnapshot } from '../../../store/views/trials/trial-snapshot.ts';
import { formatCount } from '../../../base/format-count.ts';
import { DropsweepError } from '../../../base/errors.ts';
import { openTokenizer } from '../../../data/tokens/open-tokenizer.ts';
import { withRecord } from '../../../launch/open-record.ts';
import { type CliContext, note } from '../../cli-context.ts';
import { exportedTrial } from '../../reading/exported-trial.ts';
import { sayOutcome } from '../../output/say-outcome.ts';

export interface GenerateFlags extends FormatFlags {
  readonly prompt: string;
  readonly input?: string;
  readonly raw: boolean;
  readonly maxTokens: number;
  readonly members?: number;
}

/** Says what a trial goes on with a prompt with. */
export async function generate(
  this: CliContext,
  { prompt, input, raw, maxTokens, members, format }: GenerateFlags,
  sweep: string,
  number: number,
): Promise<void> {
  if (raw && input !== undefined) {
    throw new DropsweepError('USAGE', 'a prompt that is taken as it is has no input beside it', {
      where: '--input',
      fix: 'leave out --input, or --raw',
    });
  }
  await withRecord(async (record) => {
    const exported = await exportedTrial(record, await readTrialSnapshot(record.store, sweep, number), number);
    const tokenizer = openTokenizer(exported.place);
    const asked = { instruction: prompt, ...(input === undefined ? {} : { input }), asIs: raw };
    // The runtime is loaded where there is something to run, and by no other verb.
    const { tellText } = await import('../../../export/predictions/tell-text.ts');
    const told = await tellText(exported, tokenizer, {
      asked,
      most: maxTokens,
      ...(members === undefined ? {} : { members }),
    });
    const { tokens, ended, text } = told;
    sayOutcome(this, format, { sweep, trial: number, members: told.members, tokens, ended, text });
    const whole = told.ended ? 'ended by itself' : `ended after ${formatCount(told.tokens, 'token')}`;
    note(
      this,
      `${told.members === 1 ? 'One model' : formatCount(told.members, 'member')}, ${formatCount(told.tokens, 'token')}; ${whole}`,
    );
  });
}
