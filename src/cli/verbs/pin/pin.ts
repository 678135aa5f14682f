import type { FormatFlags } from '../../verb-parameters.ts';
import { readTrialSnapshot } from '../../../store/views/trials/trial-snapshot.ts';
import { pinTraining } from '../../../store/keeping/collect-checkpoints.ts';
import type { CliContext } from '../../cli-context.ts';
import { sayOutcome } from '../../output/say-outcome.ts';
import { withRecord } from '../../../launch/open-record.ts';
import { findTrial } from '../../reading/find-trial.ts';

export interface PinFlags extends FormatFlags {
  readonly off: boolean;
}

/** Keeps the checkpoint of a trial's training from `gc`, or lets it have it again. */
export async function pin(this: CliContext, { off, format }: PinFlags, sweep: string, number: number): Promise<void> {
  await withRecord(async ({ store }) => {
    const { trainingId } = findTrial(await readTrialSnapshot(store, sweep, number), number);
    await pinTraining(store, trainingId, !off);
    sayOutcome(this, format, {
      sweep,
      trial: number,
      pinned: !off,
      text: off
        ? `Trial ${number} of ${sweep} is not pinned.`
        : `Trial ${number} of ${sweep} is pinned: gc keeps its checkpoint.`,
    });
  });
}
