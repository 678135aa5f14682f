import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { withRecord } from '../../../launch/open-record.ts';
import { askTraining } from '../../../store/programs/ask-training.ts';
import { type CliContext, sayData } from '../../cli-context.ts';

export interface AskFlags {
  readonly leaseSeconds: number;
  readonly waitSeconds: number;
}

const askEveryMs = 1_000;

export async function ask(this: CliContext, { leaseSeconds, waitSeconds }: AskFlags, sweep: string): Promise<void> {
  const deadline = performance.now() + waitSeconds * 1_000;
  await withRecord(async ({ store }) => {
    for (;;) {
      const asked = await askTraining(store, { sweep, leaseSeconds, who: `ask@${hostname()}` });
      if (asked.kind !== 'wait' || performance.now() >= deadline) {
        sayData(this, JSON.stringify(asked));
        return;
      }
      await sleep(askEveryMs);
    }
  });
}
