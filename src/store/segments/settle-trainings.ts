import type { EventKindName } from '../../sweep/event-kinds.ts';
import { sql } from 'kysely';
import type { DatabaseTransaction } from '../database/open-store.ts';

/*
 * `offset 0` in these: looked up for each row. Without it the planner may read a whole table once instead (a hashed
 * subplan), taking the few trainings of a call for many; each call then costs as much as the record is long. What is
 * updated is found by the trainings too, not by a join alone, which may be made by reading the whole table, and from what
 * is worked out once (`materialized`).
 */

/**
 * Brings everything that follows from steps, states, evaluations and links up to date for some trainings: which
 * segments are ready, which trainings have succeeded, which links are closed. Idempotent; called in the transaction
 * that changed what it follows from.
 */
export async function settleTrainings(tx: DatabaseTransaction, trainingIds: readonly string[]): Promise<void> {
  if (trainingIds.length === 0) return;
  await reopenCollected(tx, trainingIds);
  await settleSegments(tx, trainingIds);
  await succeedTrainings(tx, trainingIds);
}

/**
 * A training that has succeeded, whose last checkpoint `gc` has removed and that a further evaluation is wanted of, is
 * trained again, to the same bits. What was scored of it stays.
 */
async function reopenCollected(tx: DatabaseTransaction, trainingIds: readonly string[]): Promise<void> {
  await sql`
    update trainings t set state = 'active', step = 0, progress_step = 0, train_seconds = 0, finished_at = null
    where t.id = any(${trainingIds}::uuid[]) and t.state = 'succeeded'
      and not exists (select 1 from checkpoints c where c.training_id = t.id and c.step = t.total_steps offset 0)
      and exists (
        select 1 from evaluations e
          join wanted_evaluations w on w.evaluation_id = e.id
          join sweep_trainings l on l.sweep_id = w.sweep_id and l.training_id = t.id
        where e.training_id = t.id and e.status = 'pending' and l.open offset 0)`.execute(tx);
}

/**
 * How far a training has gone is told by its newest checkpoint too: another sweep without a rung there may have run past
 * it and left. Such a rung has nothing more to train, and without a checkpoint of its step nothing to evaluate; a sweep
 * that was to wait there may go on to its next rung. One train segment of a training is worked on at a time.
 */
async function settleSegments(tx: DatabaseTransaction, trainingIds: readonly string[]): Promise<void> {
  await sql`
    with v as materialized (
      select s.id, s.status as before,
        (case
          when s.kind = 'train' then case
            when s.end_step < t.far or (s.end_step <= t.step and (s.end_step > 0 or exists (
              select 1 from checkpoints c where c.training_id = t.id and c.step = 0 offset 0))) then 'done'
            when t.state <> 'active' then 'cancelled'
            when s.end_step > coalesce((
              select max(a.step) from sweep_trainings l, lateral (
                select min(rung) as step from unnest(l.rung_steps) rung
                where rung >= l.allowed_step and (rung >= t.far or exists (
                  select 1 from checkpoints c where c.training_id = t.id and c.step = rung offset 0))) a
              where l.training_id = t.id and l.open and l.allowed_step >= 0), 0) then 'blocked'
            when exists (
              select 1 from segments p
              where p.training_id = t.id and p.kind = 'train' and p.id <> s.id and case p.status
                when 'claimed' then true
                else p.end_step < s.end_step and p.end_step > t.step and p.end_step >= t.far end offset 0
            ) then 'blocked'
            else 'ready' end
          when t.state not in ('active', 'succeeded') then
            case when s.status = 'done' then 'done' else 'cancelled' end
          when exists (
            select 1 from evaluations e
            where e.training_id = t.id and e.at_step = s.end_step and e.status = 'pending' offset 0
          ) then case
            when exists (select 1 from checkpoints c where c.training_id = t.id and c.step = s.end_step offset 0)
              then 'ready'
            when s.end_step < t.far then 'done'
            else 'blocked' end
          when t.step >= s.end_step then 'done'
          else 'blocked' end)::segment_status as status
      from (
          select t.id, t.step, t.state, greatest(t.step, (
            select max(c.step) from checkpoints c where c.training_id = t.id)) as far
          from trainings t where t.id = any(${trainingIds}::uuid[]) offset 0) t
        join segments s on s.training_id = t.id
      where s.training_id = any(${trainingIds}::uuid[]) and s.status not in ('claimed', 'failed')
    )
    update segments s set status = v.status, finished_at = case when v.status = 'done' then now() end
    from v
    where s.training_id = any(${trainingIds}::uuid[]) and v.id = s.id and v.before <> v.status
      and s.status <> v.status`.execute(tx);
}

/**
 * Trainings that have come to their end, and what follows for the links: which are closed, and which claims walk. With
 * early stopping most of those that are open wait at a rung. A link that somebody else has closed meanwhile stays closed.
 */
async function succeedTrainings(tx: DatabaseTransaction, trainingIds: readonly string[]): Promise<void> {
  const has = (kind: 'train' | 'evaluate') => sql`exists (
    select 1 from segments s
    where s.training_id = l.training_id and s.kind = ${sql.lit(kind)} and s.status in ('ready', 'claimed') offset 0)`;
  await sql`
    with succeeded as materialized (
      update trainings t set state = 'succeeded', finished_at = now()
      where t.id = any(${trainingIds}::uuid[]) and t.state = 'active' and t.step >= t.total_steps
        and not exists (
          select 1 from evaluations e
          where e.training_id = t.id and e.status = 'pending' and (e.at_step = t.total_steps or exists (
            select 1 from segments s join checkpoints c on c.training_id = s.training_id and c.step = s.end_step
            where s.training_id = t.id and s.kind = 'evaluate' and s.end_step = e.at_step
              and s.status in ('ready', 'claimed') offset 0)) offset 0)
      returning t.id
    ), told as (
      insert into sweep_events (training_id, kind) select id, 'succeeded' from succeeded
    ), links as materialized (
      select l.sweep_id, l.training_id, ${has('train')} as trains, ${has('evaluate')} as evaluates,
        case when t.state = 'succeeded' or t.id in (select id from succeeded) then exists (
            select 1 from evaluations e join wanted_evaluations w on w.evaluation_id = e.id
            where e.training_id = t.id and w.sweep_id = l.sweep_id and e.status = 'pending' offset 0)
          else t.state = 'active' end as waits
      from sweep_trainings l join trainings t on t.id = l.training_id
      where l.training_id = any(${trainingIds}::uuid[])
    )
    update sweep_trainings l set open = l.open and v.waits, claimable = l.open and v.waits and v.trains,
      evaluable = l.open and v.waits and v.evaluates
    from links v
    where l.training_id = any(${trainingIds}::uuid[]) and l.sweep_id = v.sweep_id and l.training_id = v.training_id
      and (l.open, l.claimable, l.evaluable)
        <> (l.open and v.waits, l.open and v.waits and v.trains, l.open and v.waits and v.evaluates)`.execute(tx);
}

/**
 * Completes the sweeps among these that wait for nothing more. The first that is open is found by its index: without an order
 * PostgreSQL reads from the table's beginning, where those lie that are over. @returns those that were completed now
 */
export async function finishSweeps(tx: DatabaseTransaction, sweepIds: readonly string[]): Promise<readonly string[]> {
  if (sweepIds.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    update sweeps s set state = 'completed', finished_at = now()
    where s.id = any(${sweepIds}::uuid[]) and s.state in ('running', 'paused')
      and s.inserted_trainings >= s.planned_trainings and not s.searching
      and (select 1 from sweep_trainings l where l.sweep_id = s.id and l.open order by l.ordinal limit 1) is null
    returning s.id`.execute(tx);
  for (const { id } of rows) await writeSweepEvent(tx, { sweepId: id, kind: 'completed' });
  return rows.map((row) => row.id);
}

export interface SweepEvent {
  readonly sweepId?: string;
  readonly trainingId?: string;
  readonly kind: EventKindName;
  readonly detail?: Record<string, unknown>;
}

export async function writeSweepEvent(tx: DatabaseTransaction, event: SweepEvent): Promise<void> {
  await tx
    .insertInto('sweep_events')
    .values({
      sweep_id: event.sweepId ?? null,
      training_id: event.trainingId ?? null,
      kind: event.kind,
      detail: JSON.stringify(event.detail ?? {}),
    })
    .execute();
}
