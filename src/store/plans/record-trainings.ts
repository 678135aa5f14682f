import { sql } from 'kysely';
import type { PlannedTrainings } from '../../sweep/sweep-definition.ts';
import { type DatabaseTransaction, type Store, transact } from '../database/open-store.ts';
import { applyDecided, reportReached } from '../search/advance-search.ts';
import { lockSearch } from '../search/search-log.ts';
import { finishSweeps } from '../segments/settle-trainings.ts';
import { thawPlan } from './frozen-plan.ts';
import { insertingMs, insertTrainings, nextTrial, numberTrials, refreshStatistics } from './insert-trainings.ts';

/** A sweep as blocks of its trainings are recorded. */
interface RecordedInto {
  readonly id: string;
  /** Its search hears of what is recorded. */
  readonly listens: boolean;
}

export interface RecordOptions {
  /** What the sweep's frozen plan has, where it is at hand. */
  readonly planned?: PlannedTrainings;
  /** Told after each block how many of the planned trainings are recorded. */
  readonly progress?: (recorded: number, planned: number) => void;
  /** Trainings of a block: whoever does other things meanwhile takes fewer at a time. */
  readonly blockSize?: number;
  /** Whoever records ends after the block that it is at; the record says how far that is. */
  readonly signal?: AbortSignal;
}

/**
 * The first is recorded with its sweep, and is worked on while the others come: enough for many slots, and soon there.
 */
const firstBlockSize = 200;

export async function recordFirstBlock(tx: DatabaseTransaction, sweep: RecordedInto, trainings: PlannedTrainings) {
  await recordBlock(tx, sweep, trainings, firstBlockSize);
}

/**
 * Records the trainings of a sweep that are not there yet, block by block; idempotent. The record says how far it went,
 * whoever recorded: each block begins there, so that several at once do nothing twice.
 */
export async function recordTrainings(
  store: Store,
  sweepId: string,
  { planned, progress, blockSize = 1_000, signal }: RecordOptions = {},
): Promise<void> {
  const sweep = await store.db
    .selectFrom('sweeps')
    .select(['id', 'definition', 'inputs', 'former_stages', 'frozen_plan'])
    .select(['planned_trainings', 'inserted_trainings', 'listens'])
    .where('id', '=', sweepId)
    .executeTakeFirstOrThrow();
  if (sweep.inserted_trainings < sweep.planned_trainings) {
    const trainings = planned ?? thawPlan(sweep);
    for (let start = sweep.inserted_trainings; start < trainings.length; ) {
      if (signal?.aborted === true) return void (await handOverTrainings(store, sweepId));
      const end = await transact(store, (tx) => recordBlock(tx, sweep, trainings, blockSize));
      if (isPowerOfTwo(Math.ceil((start + 1) / blockSize))) await refreshStatistics(store.db);
      progress?.(end, trainings.length);
      start = end;
    }
  }
  await transact(store, async (tx) => void (await finishSweeps(tx, [sweepId])));
}

/** Leaves to control workers what is not recorded, and tells them. @returns how many trainings that are */
export async function handOverTrainings(store: Store, sweepId: string): Promise<number> {
  const { left } = await transact(store, (tx) =>
    tx
      .updateTable('sweeps')
      .set({ inserting_until: null })
      .where('id', '=', sweepId)
      .returning(sql<number>`case when searching then 0 else planned_trainings - inserted_trainings end`.as('left'))
      .executeTakeFirstOrThrow(),
  );
  // Nothing is left for a worker to end it after.
  if (left === 0) await recordTrainings(store, sweepId);
  return left;
}

/** Records the next trainings that the record has not. @returns how many it has then */
async function recordBlock(
  tx: DatabaseTransaction,
  { id, listens }: RecordedInto,
  trainings: PlannedTrainings,
  size: number,
): Promise<number> {
  // What was decided of trainings that were not there is found, and nothing is decided of them meanwhile.
  if (listens) await lockSearch(tx, id);
  const { inserted_trainings: start } = await tx
    .selectFrom('sweeps')
    .select('inserted_trainings')
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const next = trainings.slice(start, start + size);
  if (next.length === 0) return trainings.length;
  const block = numberTrials(next, await nextTrial(tx, id));
  const { reused } = await insertTrainings(tx, id, block);
  if (listens) await applyDecided(tx, id, block);
  await reportReached(tx, id, reused);
  return start + next.length;
}

/** Takes a sweep whose trainings are not all recorded and that nobody is heard of to record; null: there is none. */
export async function takeUnrecorded({ db }: Store): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    update sweeps set inserting_until = now() + ${insertingMs} * interval '1 millisecond'
    where id = (
      select id from sweeps
      where state in ('running', 'paused') and desired_state <> 'cancelled' and not searching
        and inserted_trainings < planned_trainings and coalesce(inserting_until < now(), true)
      order by priority desc, created_at limit 1 for update skip locked)
    returning id`.execute(db);
  return rows[0]?.id ?? null;
}

function isPowerOfTwo(count: number): boolean {
  return Number.isInteger(Math.log2(count));
}
