import type { RecordListener } from '../../store/database/record-changes.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';

export interface SnapshotPollerOptions {
  readonly readSnapshot: () => Promise<SweepSnapshot>;
  readonly refreshMs: number;
  readonly signal: AbortSignal;
  readonly onSnapshot: (snapshot: SweepSnapshot) => void;
  /**
   * Something short that changes whenever a sweep that rests may have begun to move: while it stays, what was read stays
   * true and is not read again. Absent: every reading is whole.
   */
  readonly readMark?: () => Promise<string>;
  /** Whether a sweep rests: nothing of it changes by itself. */
  readonly rests?: (snapshot: SweepSnapshot) => boolean;
  /** Reads what is shown beside a sweep at rest that changes by itself, if there is such. */
  readonly readBeside?: () => Promise<void>;
  /** Called with each reading that failed, or that is not back while the database does not answer. */
  readonly onAway: (reason: string) => void;
  /** Something short, asked each `slowMs` that a reading takes: whether the database answers at all; absent: it does not. */
  readonly answers?: () => Promise<unknown>;
  /** Called where it does: the reading takes long, and nothing is away. */
  readonly onSlow?: () => void;
  readonly slowMs?: number;
  /** Times as long as a reading took, until the next; default 2: the database has it for a third of the time at most. */
  readonly restTimes?: number;
  /** Fires where something else is to be read than last time, which is done at once. */
  readonly nudges?: EventTarget;
  /** Between two looks at whether a sweep at rest was begun again; default: 5 s. */
  readonly restingRefreshMs?: number;
  /** Hears of changes of the record; absent: it is looked for them every `refreshMs`. */
  readonly listen?: Listen;
}

/** Begins to listen for changes of the record. */
export type Listen = (changed: () => void) => RecordListener;

/** Between two looks where changes are told: what the clock alone changes is shown, and no word is missed for long. */
const listeningRefreshMs = 5000;

const slowestRefreshMs = 5000;

/** From here on whoever looks is told that a reading takes long. */
const slowReadingMs = 5000;

/**
 * Reads snapshots one after another, never two at once, until the signal. A database that is away is reported and
 * asked again, at longer and longer distances up to five seconds. Of a sweep at rest its mark alone is read.
 */
export async function pollSnapshots(options: SnapshotPollerOptions): Promise<void> {
  const changes = new Changes();
  const listener = options.listen?.(() => changes.tell());
  try {
    await pollUntilAborted(options, changes, () => listener?.hears === true);
  } finally {
    await listener?.close();
  }
}

/** Whether something has changed since the last reading began. */
class Changes {
  #told = new AbortController();

  tell(): void {
    this.#told.abort();
  }

  get signal(): AbortSignal {
    return this.#told.signal;
  }

  forget(): void {
    if (this.#told.signal.aborted) this.#told = new AbortController();
  }
}

async function pollUntilAborted(options: SnapshotPollerOptions, changes: Changes, hears: () => boolean): Promise<void> {
  const { refreshMs, signal, slowMs = slowReadingMs, restingRefreshMs = 5000, restTimes = 2, nudges } = options;
  let waitMs = refreshMs;
  let restingAt: string | null = null;
  // A nudge while something is read counts for the next reading.
  let nudged = new AbortController();
  const nudge = (): void => nudged.abort();
  nudges?.addEventListener('nudge', nudge);
  signal.addEventListener('abort', () => nudges?.removeEventListener('nudge', nudge), { once: true });
  while (!signal.aborted) {
    const reading = new AbortController();
    const slow = setInterval(() => void tellSlow(options, reading.signal), slowMs);
    if (nudged.signal.aborted) {
      nudged = new AbortController();
      restingAt = null;
    }
    changes.forget();
    const begun = performance.now();
    let failed = false;
    try {
      const mark = options.readMark === undefined ? '' : await untilAborted(options.readMark(), signal);
      if (signal.aborted || mark === null) return;
      if (restingAt === null || mark !== restingAt) {
        const snapshot = await untilAborted(options.readSnapshot(), signal);
        if (signal.aborted || snapshot === null) return;
        restingAt = options.readMark !== undefined && options.rests?.(snapshot) === true ? mark : null;
        options.onSnapshot(snapshot);
      } else await untilAborted(options.readBeside?.() ?? Promise.resolve(), signal);
      // Whatever it takes to read a large sweep, the database has time for others.
      const leastMs = Math.max(refreshMs, restTimes * (performance.now() - begun));
      waitMs = restingAt === null ? leastMs : Math.max(leastMs, restingRefreshMs);
    } catch (error) {
      failed = true;
      restingAt = null;
      waitMs = Math.min(slowestRefreshMs, Math.max(refreshMs, 2 * waitMs));
      options.onAway(firstLine(error));
    } finally {
      clearInterval(slow);
      reading.abort();
    }
    // However much changes, so many readings are enough; what failed is tried again as if nothing were heard.
    const deafMs = restingAt === null && !failed ? waitMs : Math.min(waitMs, refreshMs);
    await pause(deafMs, [signal, nudged.signal]);
    const quietMs = hears() && restingAt === null && !failed ? Math.max(waitMs, listeningRefreshMs) : waitMs;
    await pause(Math.max(0, quietMs - deafMs), [signal, nudged.signal, changes.signal]);
  }
}

/** Tells why a reading is not back; nothing where it is back by then. */
async function tellSlow(
  { answers, onAway, onSlow = () => undefined, slowMs = slowReadingMs }: SnapshotPollerOptions,
  reading: AbortSignal,
): Promise<void> {
  const late = 'no answer yet';
  const asking = answers?.().then(() => null, firstLine) ?? Promise.resolve(late);
  const fault = await Promise.race([asking, pause(slowMs, [reading]).then(() => late)]);
  if (reading.aborted) return;
  if (fault === null) onSlow();
  else onAway(fault);
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

/** Waits so long, or until any of the signals fires. */
function pause(milliseconds: number, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    if (signals.some(({ aborted }) => aborted)) {
      resolve();
      return;
    }
    const finish = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    for (const signal of signals) signal.addEventListener('abort', finish, { once: true });
  });
}
