import type { FormatFlags } from '../../verb-parameters.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSweepSnapshot } from '../../../store/views/sweep-reader.ts';
import { chooseSweep } from '../../reading/choose-sweep.ts';
import type { SweepSnapshot } from '../../../store/views/sweep-snapshot.ts';
import { sayOutcome } from '../../output/say-outcome.ts';
import { type CliContext, note } from '../../cli-context.ts';
import { exitStatus, statusOfSweep } from '../../output/exit-status.ts';
import { sweepSentences } from '../../../report/sweep-sentences.ts';
import { withRecord } from '../../../launch/open-record.ts';

export interface WaitFlags extends FormatFlags {
  readonly timeout?: number;
}

const pollMs = 500;

export async function wait(this: CliContext, flags: WaitFlags, sweep?: string): Promise<void> {
  const deadline = flags.timeout === undefined ? Number.POSITIVE_INFINITY : Date.now() + 1000 * flags.timeout;
  await withRecord(async ({ store }) => {
    const name = await chooseSweep(store, sweep);
    const tell = async (timedOut: boolean): Promise<SweepSnapshot> => {
      const snapshot = await readSweepSnapshot(store, name, { trialLimit: 1, savings: true });
      const { state, counts } = snapshot;
      const text = sweepSentences(snapshot).join('\n');
      sayOutcome(this, flags.format, { sweep: name, state, counts: { ...counts }, timed_out: timedOut, text });
      return snapshot;
    };
    for (;;) {
      const snapshot = await readSweepSnapshot(store, name, { trialLimit: 1 });
      if (snapshot.state === 'completed' || snapshot.state === 'cancelled') {
        this.process.exitCode = statusOfSweep(await tell(false));
        return;
      }
      if (Date.now() >= deadline) {
        note(this, `${name} is still ${snapshot.state} after ${flags.timeout} s`);
        if (flags.format !== 'table') await tell(true);
        this.process.exitCode = exitStatus.timedOut;
        return;
      }
      await sleep(pollMs);
    }
  });
}
