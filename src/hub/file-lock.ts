import type { Progress } from '../base/progress.ts';
import { closeSync, openSync, rmSync, statSync, utimesSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DropsweepError } from '../base/errors.ts';
import { errorCodeOf } from '../base/link-or-copy.ts';

export interface FileLockOptions {
  /** Told once, when another process holds the lock. */
  readonly progress?: Progress;
  readonly waitMs?: number;
  /** A lock that was not touched for so long is nobody's: its owner touches it every quarter of that. */
  readonly staleMs?: number;
}

/**
 * Does work that only one process of this machine may do at a time. An owner that dies leaves a lock that goes stale.
 * @throws SERVICE_UNAVAILABLE when another holds it for longer than `waitMs` (default 20 minutes)
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>, options: FileLockOptions = {}): Promise<T> {
  const staleMs = options.staleMs ?? 30_000;
  await acquire(file, staleMs, options);
  const timer = setInterval(() => touch(file), staleMs / 4);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    rmSync(file, { force: true });
  }
}

async function acquire(file: string, staleMs: number, options: FileLockOptions): Promise<void> {
  const deadline = performance.now() + (options.waitMs ?? 1_200_000);
  for (let first = true; ; first = false) {
    if (tryToMake(file)) return;
    if (ageMs(file) > staleMs) rmSync(file, { force: true });
    else if (first) options.progress?.('another dropsweep is fetching the same thing: waiting for it');
    if (performance.now() > deadline) {
      throw new DropsweepError('SERVICE_UNAVAILABLE', 'another process holds a lock for too long', {
        where: file,
        fix: 'end that process, or delete the file',
      });
    }
    await sleep(200);
  }
}

function tryToMake(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx', 0o600));
    return true;
  } catch (error) {
    if (errorCodeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function ageMs(file: string): number {
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch (error) {
    if (errorCodeOf(error) !== 'ENOENT') throw error;
  }
}
