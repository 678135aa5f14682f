import { setTimeout as sleep } from 'node:timers/promises';
import { ChangeBell } from './change-bell.ts';
import { type ReconcilerOptions, reconcileSweeps } from './reconciler.ts';

export interface ReconcilingOptions {
  readonly record: {
    /** Calls back when the record has changed. */
    listenForChanges(changed: () => void): { close(): Promise<void> };
  };
  /** Between two looks where nothing is heard. */
  readonly everyMs: number;
  readonly draining: AbortSignal;
  readonly warn: (what: string, error: unknown) => void;
}

/** Between two looks where much is heard: each asks Temporal about every sweep. */
const restMs = 1_000;

/** Reconciles until the worker is drained: whenever the record changes, so that a launch is seen at once, and now and again. */
export async function keepReconciled(
  reconciler: ReconcilerOptions,
  { record, everyMs, draining, warn }: ReconcilingOptions,
): Promise<void> {
  const bell = new ChangeBell();
  const listener = record.listenForChanges(() => bell.ring());
  try {
    while (!draining.aborted) {
      await reconcileSweeps(reconciler).catch((error: unknown) => warn('reconciler', error));
      await sleep(Math.min(restMs, everyMs), undefined, { signal: draining }).catch(() => undefined);
      await bell.heard(everyMs, draining);
    }
  } finally {
    await listener.close();
  }
}
