import { setTimeout as sleep } from 'node:timers/promises';
import { ChangeBell } from './change-bell.ts';

export interface AtChangesOptions {
  readonly record: {
    /** Calls back when the record has changed. */
    listenForChanges(changed: () => void): { close(): Promise<void> };
  };
  /** Between two runs where nothing is heard. */
  readonly everyMs: number;
  readonly draining: AbortSignal;
  /** Told of a run that failed: it is the next that counts. */
  readonly failed: (error: unknown) => void;
}

/** Between two runs where much is heard. */
const restMs = 1_000;

/** Runs a job until the worker is drained: whenever the record changes, so that a launch is seen at once, and now and again. */
export async function atChanges(
  job: () => Promise<unknown>,
  { record, everyMs, draining, failed }: AtChangesOptions,
): Promise<void> {
  const bell = new ChangeBell();
  const listener = record.listenForChanges(() => bell.ring());
  try {
    while (!draining.aborted) {
      await job().catch(failed);
      await sleep(Math.min(restMs, everyMs), undefined, { signal: draining }).catch(() => undefined);
      await bell.heard(everyMs, draining);
    }
  } finally {
    await listener.close();
  }
}
