import type { FormatFlags } from '../../verb-parameters.ts';
import { formatCount } from '../../../base/format-count.ts';
import { DropsweepError } from '../../../base/errors.ts';
import { withRecord } from '../../../launch/open-record.ts';
import { readTrialSnapshot } from '../../../store/views/trials/trial-snapshot.ts';
import type { CliContext } from '../../cli-context.ts';
import { steerSweep } from '../../cockpit/steer-sweep.ts';
import { chooseSweep } from '../../reading/choose-sweep.ts';
import { findTrial } from '../../reading/find-trial.ts';

export interface RetryFlags extends FormatFlags {
  readonly failed: boolean;
}

/** Words that are numbers are trials, of the sweep named first, else of the newest. */
export async function retry(this: CliContext, { failed, format }: RetryFlags, ...words: string[]): Promise<void> {
  const [first] = words;
  const sweep = first === undefined || /^\d+$/.test(first) ? undefined : first;
  const trials = readTrials(sweep === undefined ? words : words.slice(1));
  if (trials.length === 0) {
    await steerSweep(this, format, sweep, {
      command: { kind: 'retry_failed' },
      done: 'failed trainings are tried again',
      unchanged: 'has no failed trainings',
    });
    return;
  }
  if (failed) {
    throw new DropsweepError('USAGE', 'which trainings are meant is said twice', {
      where: '--failed',
      got: words.join(' '),
      expected: '--failed, or the numbers of trials',
    });
  }
  await demandTrials(sweep, trials);
  const named = `${formatCount(trials.length, 'trial')} (${trials.join(', ')})`;
  await steerSweep(this, format, sweep, {
    command: { kind: 'retry_failed', trials },
    done: `of ${named} what failed or was cancelled is tried again`,
    unchanged: `has nothing to try again in ${named}: none failed, or was cancelled`,
  });
}

/** @throws USAGE where a word is no trial's number */
function readTrials(words: readonly string[]): readonly number[] {
  return words.map((word) => {
    const trial = Number(word);
    if (/^\d+$/.test(word) && Number.isSafeInteger(trial) && trial >= 1) return trial;
    throw new DropsweepError('USAGE', 'not the number of a trial', {
      got: word,
      expected: 'the sweep, then the numbers of its trials, as `dropsweep show` lists them',
    });
  });
}

/** @throws SWEEP_NOT_FOUND where there is no such sweep or trial: then nothing is tried again */
async function demandTrials(sweep: string | undefined, trials: readonly number[]): Promise<void> {
  await withRecord(async ({ store }) => {
    const name = await chooseSweep(store, sweep);
    for (const trial of trials) findTrial(await readTrialSnapshot(store, name, trial), trial);
  });
}
