import { setTimeout as sleep } from 'node:timers/promises';
import { isDiskFull } from '../../base/disk-full.ts';
import type { SegmentReporter } from '../process/segment-runner.ts';

/** Between two tries; the supervisor is told of each. */
const tryForRoomEveryMs = 1_000;
const giveBackAfterTries = 10;

/**
 * Saves what a training has come to, as soon as the disk takes it: a full disk is the machine's fault and mends, and what
 * was trained is kept in memory until then.
 * @param step where the training stands
 * @returns null: the slot was wanted back before there was room
 */
export async function saveWhenThereIsRoom<Saved>(
  save: () => Promise<Saved>,
  reporter: SegmentReporter,
  step: number,
): Promise<Saved | null> {
  for (let waiting = false; ; waiting = true) {
    try {
      const saved = await save();
      if (waiting) reporter.event('room_again', { step });
      return saved;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      if (!waiting) reporter.event('waiting_for_room', { ...asDetail(error), step });
      if (reporter.releaseRequested) return null;
      reporter.progress(step, step);
      await sleep(tryForRoomEveryMs);
    }
  }
}

function asDetail(error: unknown): { readonly code: string; readonly message: string } {
  return { code: 'DISK_FULL', message: error instanceof Error ? error.message : String(error) };
}

/** Gives a segment back that met a full disk before it had trained anything, no sooner than another try makes sense. */
export async function giveBackLater(error: unknown, reporter: SegmentReporter): Promise<{ readonly kind: 'released' }> {
  reporter.event('waiting_for_room', asDetail(error));
  for (let waited = 0; waited < giveBackAfterTries && !reporter.releaseRequested; waited += 1) {
    await sleep(tryForRoomEveryMs);
  }
  return { kind: 'released' };
}
