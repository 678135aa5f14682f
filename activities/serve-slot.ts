import { setMaxListeners } from 'node:events';
import type { ServeSlotInput, ServeSlotResult, TrainActivities } from '../src/messages/activity-interfaces.ts';
import type { ClaimResult, WorkerLedger } from '../src/store/segments/worker-ledger.ts';
import type { GroupCommit } from './group-commit.ts';
import { longRowMs, nextRowLength } from './row-length.ts';
import { driveSegment, type SegmentDriveOptions } from './segment-drive.ts';
import type { Trainer, TrainerPool } from './trainer-pool.ts';

/** The running attempt at an activity, as Temporal tells of it. */
export interface ActivityAttempt {
  readonly taskToken: Uint8Array;
  readonly cancellationSignal: AbortSignal;
  /** The last heartbeat's details of the attempt before this one. */
  readonly heartbeatDetails: unknown;
  heartbeat(details?: unknown): void;
}

export interface ServeSlotOptions {
  readonly currentAttempt: () => ActivityAttempt;
  readonly ledger: WorkerLedger;
  /** Of all the worker's slots. */
  readonly commits: GroupCommit;
  readonly trainers: TrainerPool;
  readonly workerId: string;
  /** Id of the checkpoint folder that the slots write to. */
  readonly storeId: string;
  readonly leaseMs: number;
  /** The device that packing plans are pinned for. */
  readonly packingDevice: string;
  /** Trainings that one slot takes side by side, at most. */
  readonly bundleLimit: number;
  readonly renewEveryMs: number;
  /** Aborted once the worker drains. */
  readonly draining: AbortSignal;
  readonly isAway: (error: unknown) => boolean;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * One turn of a lane in a slot: claims, runs and commits segments one after another until the time slice is over. A
 * retry of a turn claims by the same key and ordinal, and so gets the segment that the attempt before it held.
 */
export function makeServeSlot(options: ServeSlotOptions): TrainActivities['serveSlot'] {
  return async (input) => {
    const attempt = options.currentAttempt();
    const wantedBack = AbortSignal.any([attempt.cancellationSignal, options.draining]);
    // Each segment of a pack listens while it runs, and there may be many.
    setMaxListeners(0, wantedBack);
    const trainer = await options.trainers.acquire();
    try {
      return await serve(input, trainer, {
        ...options,
        taskToken: attempt.taskToken,
        wantedBack,
        firstOrdinal: ordinalOf(attempt.heartbeatDetails),
        heartbeat: (ordinal) => attempt.heartbeat({ ordinal } satisfies TurnProgress),
      });
    } finally {
      options.trainers.giveBack(trainer);
    }
  };
}

/** Kept by Temporal from attempt to attempt. */
interface TurnProgress {
  readonly ordinal: number;
}

function ordinalOf(details: unknown): number {
  if (typeof details !== 'object' || details === null || !('ordinal' in details)) return 0;
  return typeof details.ordinal === 'number' ? details.ordinal : 0;
}

interface TurnOptions extends ServeSlotOptions {
  readonly taskToken: Uint8Array;
  readonly wantedBack: AbortSignal;
  readonly firstOrdinal: number;
  heartbeat(ordinal: number): void;
}

async function serve(input: ServeSlotInput, trainer: Trainer, options: TurnOptions): Promise<ServeSlotResult> {
  const startedAt = performance.now();
  const numericsClass = await trainer.numericsClass();
  let segments = 0;
  let rowLength = 1;
  for (let ordinal = options.firstOrdinal; ; ordinal += 1) {
    if (options.wantedBack.aborted) return { kind: 'served', segments };
    options.heartbeat(ordinal);
    const claim = await options.ledger.claim({
      slotKey: input.slotKey,
      ordinal,
      sweepId: input.sweepId,
      generation: input.generation,
      workerId: options.workerId,
      numericsClass,
      storeId: options.storeId,
      taskToken: options.taskToken,
      leaseMs: options.leaseMs,
      maxSegments: options.bundleLimit,
      maxInARow: Math.min(rowLength, (input.segmentsPerSlice ?? Infinity) - segments),
      ...(options.bundleLimit > 1 ? { packingDevice: options.packingDevice } : {}),
    });
    if (claim.kind !== 'claimed') return { kind: claim.kind, segments };
    const claimedAt = performance.now();
    // Each ends for itself; what one of them met is thrown once all have.
    const ends = await Promise.allSettled(
      driveAll(claim, { ...options, trainer, heartbeat: () => options.heartbeat(ordinal) }, claimedAt),
    );
    for (const end of ends) {
      if (end.status === 'rejected') throw end.reason;
      if (end.value === 'committed') segments += 1;
    }
    rowLength = nextRowLength(rowLength, performance.now() - claimedAt);
    const full = input.segmentsPerSlice !== null && segments >= input.segmentsPerSlice;
    if (full || performance.now() - startedAt >= input.sliceMs) return { kind: 'served', segments };
  }
}

/** Those of a bundle step together; in a row each waits for the trainer until the one before has ended. */
function driveAll(
  { bundle, order }: Extract<ClaimResult, { kind: 'claimed' }>,
  options: Omit<SegmentDriveOptions, 'turn' | 'late'>,
  claimedAt: number,
): Promise<'committed' | 'stale'>[] {
  let turn = Promise.resolve();
  const late = () => performance.now() - claimedAt > longRowMs;
  return bundle.map((segment, at) => {
    const drive = driveSegment(segment, { ...options, turn, late: at === 0 || order === 'together' ? null : late });
    if (order === 'in_a_row') turn = drive.ran;
    return drive.end;
  });
}
