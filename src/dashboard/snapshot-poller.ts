import type { SweepSnapshot } from '../store/sweep-snapshot.ts';

export interface SnapshotPollerOptions {
  readonly readSnapshot: () => Promise<SweepSnapshot>;
  readonly refreshMs: number;
  readonly signal: AbortSignal;
  readonly onSnapshot: (snapshot: SweepSnapshot) => void;
  /** Called with each reading that failed, or is not back after `slowMs`. */
  readonly onAway: (reason: string) => void;
  readonly slowMs?: number;
}

const slowestRefreshMs = 5000;

/**
 * Reads snapshots one after another, never two at once, until the signal. A database that is away is reported and
 * asked again, at longer and longer distances up to five seconds.
 */
export async function pollSnapshots(options: SnapshotPollerOptions): Promise<void> {
  const { refreshMs, signal, slowMs = 5000 } = options;
  let waitMs = refreshMs;
  while (!signal.aborted) {
    const slow = setTimeout(() => options.onAway('no answer yet'), slowMs);
    try {
      const snapshot = await untilAborted(options.readSnapshot(), signal);
      if (signal.aborted || snapshot === null) return;
      waitMs = refreshMs;
      options.onSnapshot(snapshot);
    } catch (error) {
      waitMs = Math.min(slowestRefreshMs, Math.max(refreshMs, 2 * waitMs));
      options.onAway(firstLine(error));
    } finally {
      clearTimeout(slow);
    }
    await pause(waitMs, signal);
  }
}

export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.split('\n')[0] ?? '';
}

/** The promise's value, or null once the signal fires: a reading that hangs does not keep anybody from leaving. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(null);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    signal.addEventListener('abort', finish, { once: true });
  });
}
