import { sql } from 'kysely';
import { sayEvent } from '../../sweep/event-kinds.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';

export interface SweepEventRow {
  readonly id: number;
  readonly at: Date;
  readonly kind: string;
  /** The sweep's trials that the event is about, ascending; empty where it is about the sweep. */
  readonly trials: readonly number[];
  readonly text: string;
}

export interface EventsOf {
  readonly sweepId: string;
  /** Those about one training alone. */
  readonly trainingId?: string;
  /** Those after this one. */
  readonly after?: number;
  /** The newest so many. */
  readonly limit: number;
  /** Beside the newest so many. */
  readonly offset?: number;
  /** Of these kinds alone. */
  readonly kinds?: readonly string[];
}

/** Newest last: of the sweep itself and of the trainings that it waits or waited for, since its launch. */
export async function readSweepEvents(
  db: Pick<DatabaseTransaction, 'getExecutor'>,
  { sweepId, trainingId, after = 0, limit, offset = 0, kinds }: EventsOf,
): Promise<SweepEventRow[]> {
  const { rows } = await sql<EventRecord>`
    select v.id, v.created_at as at, v.kind, v.detail, coalesce((
      select array_agg(w.trial order by w.trial)
      from evaluations e join sweep_evaluations w on w.evaluation_id = e.id and w.sweep_id = ${sweepId}
      where e.training_id = v.training_id), '{}') as trials
    from sweep_events v
    where ${eventsOf(sweepId, trainingId)} and v.id > ${after} and ${ofKinds(kinds)}
    order by v.id desc limit ${limit} offset ${offset}`.execute(db);
  return rows.map(({ detail, ...row }) => ({ ...row, text: sayEvent(row.kind, row.trials, detail) })).reverse();
}

/** How many events there are to page through. */
export async function countSweepEvents(
  db: Pick<DatabaseTransaction, 'getExecutor'>,
  sweepId: string,
  kinds?: readonly string[],
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from sweep_events v
    where ${eventsOf(sweepId, undefined)} and ${ofKinds(kinds)}`.execute(db);
  return rows[0]?.count ?? 0;
}

function ofKinds(kinds: readonly string[] | undefined) {
  return kinds === undefined ? sql`true` : sql`v.kind = any(${kinds}::text[])`;
}

function eventsOf(sweepId: string, trainingId: string | undefined) {
  const whose =
    trainingId === undefined
      ? sql`(v.sweep_id = ${sweepId} or exists (
          select 1 from sweep_trainings l where l.sweep_id = ${sweepId} and l.training_id = v.training_id offset 0))`
      : sql`v.training_id = ${trainingId}`;
  return sql`${whose} and (v.sweep_id is not null
    or v.created_at >= (select created_at from sweeps where id = ${sweepId}))`;
}

interface EventRecord {
  readonly id: number;
  readonly at: Date;
  readonly kind: string;
  readonly trials: readonly number[];
  readonly detail: Record<string, unknown>;
}
