import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { formatClock } from '../../metrics/values/format-value.ts';
import { renderProgressLine } from './progress-line.ts';
import { pollSnapshots } from '../reading/snapshot-poller.ts';
import { isFinal, stateWords } from './sweep-progress.ts';

export interface ProgressLinesOptions {
  readonly readSnapshot: () => Promise<SweepSnapshot>;
  /** See SnapshotPollerOptions. */
  readonly answers?: () => Promise<unknown>;
  /** What the sweep waits for; null: nothing stands in its way. Asked every few seconds. */
  readonly whatWaits?: (snapshot: SweepSnapshot) => Promise<string | null>;
  readonly say: (line: string) => void;
  readonly refreshMs?: number;
  /** Lines about ended trainings come no closer than this; a change of state is told at once. */
  readonly leastGapMs?: number;
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
}

/** Tells of a sweep in plain lines, where there is no terminal, until it ends or the signal fires. */
export async function runProgressLines(options: ProgressLinesOptions): Promise<'left' | 'finished'> {
  const { readSnapshot, say, refreshMs = 500, leastGapMs = 3000, signal } = options;
  const now = options.now ?? (() => new Date());
  const leaving = new AbortController();
  const leave = (): void => leaving.abort();
  if (signal?.aborted === true) return 'left';
  signal?.addEventListener('abort', leave, { once: true });
  let told: SweepSnapshot | null = null;
  let toldAt = Number.NEGATIVE_INFINITY;
  let away = false;
  let finished = false;
  const waiting = tellWhatWaits(options, now);
  await pollSnapshots({
    readSnapshot: async () => {
      const snapshot = await readSnapshot();
      await waiting(snapshot);
      return snapshot;
    },
    refreshMs,
    signal: leaving.signal,
    onSnapshot: (snapshot) => {
      if (away) say(`${formatClock(now())} PostgreSQL is back`);
      away = false;
      const at = now();
      const urgent = told === null || stateWords(told) !== stateWords(snapshot);
      const line = urgent || at.getTime() - toldAt >= leastGapMs ? renderProgressLine(snapshot, told, at) : null;
      if (line !== null) {
        say(line);
        told = snapshot;
        toldAt = at.getTime();
      }
      finished = isFinal(snapshot);
      if (finished) leave();
    },
    onAway: (reason) => {
      if (!away) say(`${formatClock(now())} PostgreSQL is away, trying again: ${reason}`);
      away = true;
    },
    ...(options.answers === undefined ? {} : { answers: options.answers }),
  });
  signal?.removeEventListener('abort', leave);
  return finished ? 'finished' : 'left';
}

const waitingLookMs = 5000;

/** Says what a sweep waits for, once for each thing that it waits for. */
function tellWhatWaits(
  { whatWaits, say }: ProgressLinesOptions,
  now: () => Date,
): (snapshot: SweepSnapshot) => Promise<void> {
  let told: string | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  return async (snapshot) => {
    const at = now().getTime();
    if (whatWaits === undefined || at - askedAt < waitingLookMs) return;
    askedAt = at;
    const waiting = await whatWaits(snapshot);
    if (waiting !== told && waiting !== null) say(`${formatClock(now())} waits: ${waiting}`);
    told = waiting;
  };
}
