import { setTimeout as sleep } from 'node:timers/promises';
import { readSweepSnapshot } from '../../../store/sweep-reader.ts';
import { chooseSweep } from '../../choose-sweep.ts';
import { type CliContext, note, say } from '../../cli-context.ts';
import { exitStatus, statusOfSweep } from '../../exit-status.ts';
import { sweepSentences } from '../../../report/sweep-sentences.ts';
import { withRecord } from '../../../launch/open-record.ts';

const pollMs = 500;

export async function wait(this: CliContext, flags: { readonly timeout?: number }, sweep?: string): Promise<void> {
  const deadline = flags.timeout === undefined ? Number.POSITIVE_INFINITY : Date.now() + 1000 * flags.timeout;
  await withRecord(async ({ store }) => {
    const name = await chooseSweep(store, sweep);
    for (;;) {
      const snapshot = await readSweepSnapshot(store, name, { trialLimit: 1 });
      if (snapshot.state === 'completed' || snapshot.state === 'cancelled') {
        say(this, sweepSentences(snapshot).join('\n'));
        this.process.exitCode = statusOfSweep(snapshot);
        return;
      }
      if (Date.now() >= deadline) {
        note(this, `${name} is still ${snapshot.state} after ${flags.timeout} s`);
        this.process.exitCode = exitStatus.timedOut;
        return;
      }
      await sleep(pollMs);
    }
  });
}
