import { pinTraining } from '../../../store/collect-checkpoints.ts';
import { type CliContext, say } from '../../cli-context.ts';
import { withRecord } from '../../../launch/open-record.ts';
import { readWholeSweep } from '../../read-report.ts';
import { findTrial } from '../../find-trial.ts';

/** Keeps the checkpoint of a trial's training from `gc`, or lets it have it again. */
export async function pin(
  this: CliContext,
  flags: { readonly off: boolean },
  sweep: string,
  number: number,
): Promise<void> {
  await withRecord(async ({ store }) => {
    const { trainingId } = findTrial(await readWholeSweep(store, sweep), number);
    await pinTraining(store, trainingId, !flags.off);
    say(
      this,
      flags.off
        ? `Trial ${number} of ${sweep} is not pinned.`
        : `Trial ${number} of ${sweep} is pinned: gc keeps its checkpoint.`,
    );
  });
}
