import { sql } from 'kysely';
import { makeScheduler } from '../search/make-scheduler.ts';
import type { RungDecision } from '../search/scheduler.ts';
import type { SweepDefinition } from '../sweep/sweep-definition.ts';
import type { DatabaseTransaction } from './open-store.ts';
import { finishSweeps, settleTrainings, writeSweepEvent } from './settle-trainings.ts';

interface WatchingSweep {
  readonly id: string;
  readonly definition: SweepDefinition;
  readonly planned_trainings: number;
}

/**
 * Tells the scheduler of each sweep that still waits for the training what it has reached, and carries out what
 * follows, all in the transaction that brought the result.
 */
export async function reportToSchedulers(tx: DatabaseTransaction, trainingId: string): Promise<void> {
  const { rows: sweeps } = await sql<WatchingSweep>`
    select s.id, s.definition, s.planned_trainings
    from sweep_trainings l join sweeps s on s.id = l.sweep_id
    where l.training_id = ${trainingId} and l.open and s.definition -> 'scheduler' ->> 'kind' <> 'none'
    order by s.id`.execute(tx);
  for (const sweep of sweeps) {
    const reports = await unreportedRungs(tx, sweep, [trainingId]);
    if (reports.length > 0) await report(tx, sweep, reports);
  }
}

/**
 * Tells a sweep's scheduler what its trainings had reached before it wanted them, or while it had let go of them: other
 * sweeps' results came when it was not listening. Idempotent.
 */
export async function reportReached(
  tx: DatabaseTransaction,
  sweepId: string,
  trainingIds: readonly string[],
): Promise<void> {
  const sweep = await tx
    .selectFrom('sweeps')
    .select(['id', 'definition', 'planned_trainings'])
    .where('id', '=', sweepId)
    .executeTakeFirstOrThrow();
  if (sweep.definition.scheduler.kind === 'none' || trainingIds.length === 0) return;
  await report(tx, sweep, await unreportedRungs(tx, sweep, trainingIds));
}

/** A training that is retried reports anew: that it had failed is no longer so. */
export async function retractFailures(
  tx: DatabaseTransaction,
  sweepId: string,
  trainingIds: readonly string[],
): Promise<void> {
  await lockScheduler(tx, sweepId);
  await sql`
    delete from search_events v using sweep_trainings l
    where v.sweep_id = ${sweepId} and v.kind = 'report' and v.value is null
      and l.sweep_id = v.sweep_id and l.ordinal = v.ordinal and l.training_id = any(${trainingIds}::uuid[])`.execute(
    tx,
  );
}

async function lockScheduler(tx: DatabaseTransaction, sweepId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${sweepId}, 1))`.execute(tx);
}

interface RungRow {
  readonly ordinal: number;
  /** From 0, in the sweep's ladder; the last is the end of the training. */
  readonly rung: number;
  readonly rungs: number;
  readonly failed: boolean;
  readonly reported: boolean;
  /** Its evaluation there: still to come, done, or never (the training ran past it without a checkpoint). */
  readonly reached: 'later' | 'done' | 'never';
  readonly value: number | null;
}

interface RungResult {
  readonly ordinal: number;
  readonly rung: number;
  readonly value: number | null;
}

/**
 * What these trainings have reached at decided rungs and the sweep has not been told. The value is that of the sweep's
 * own first evaluation at the rung. A training that ran past the rung on another sweep's behalf is ranked by what it
 * reached next.
 */
async function unreportedRungs(
  tx: DatabaseTransaction,
  { id, definition }: WatchingSweep,
  trainingIds: readonly string[],
): Promise<readonly RungResult[]> {
  const objective = definition.objectives[0];
  const sign = objective?.direction === 'minimize' ? -1 : 1;
  const { rows } = await sql<RungRow>`
    select l.ordinal, r.number::integer - 1 as rung, array_length(l.rung_steps, 1) as rungs,
      t.state in ('diverged', 'out_of_memory', 'infeasible', 'crashed') as failed,
      exists (select 1 from search_events v where v.sweep_id = l.sweep_id and v.kind = 'report'
        and v.ordinal = l.ordinal and v.rung = r.number - 1) as reported,
      case when e.status = 'done' then 'done'
        when exists (select 1 from checkpoints c where c.training_id = t.id and c.step > r.step)
          and not exists (select 1 from checkpoints c where c.training_id = t.id and c.step = r.step) then 'never'
        else 'later' end as reached,
      (e.metrics ->> ${objective?.metric ?? ''})::double precision as value
    from sweep_trainings l
      join trainings t on t.id = l.training_id
      join lateral (
        select f.evaluation_hash from sweep_evaluations w join evaluations f on f.id = w.evaluation_id
        where w.sweep_id = l.sweep_id and f.training_id = l.training_id order by w.trial limit 1) own on true
      join lateral unnest(l.rung_steps) with ordinality r (step, number) on true
      join evaluations e on e.evaluation_hash = case when r.step = t.total_steps then own.evaluation_hash
        else encode(sha256(convert_to(own.evaluation_hash || '@' || r.step, 'UTF8')), 'hex') end
    where l.sweep_id = ${id} and l.training_id = any(${trainingIds}::uuid[]) and not l.pruned
      and (t.step > 0 or t.state <> 'active')
    order by l.ordinal, rung`.execute(tx);
  return rows.flatMap((row): readonly RungResult[] => {
    const { ordinal, rung } = row;
    if (row.reported || rung === row.rungs - 1) return [];
    const next = rows.find((other) => other.ordinal === ordinal && other.rung >= rung && other.reached !== 'never');
    if (next?.reached === 'done') return [{ ordinal, rung, value: rankOf(next.value, sign) }];
    return row.failed ? [{ ordinal, rung, value: null }] : [];
  });
}

/** Under the scheduler's lock: whoever reports next decides with these reports known. */
async function report(tx: DatabaseTransaction, sweep: WatchingSweep, results: readonly RungResult[]): Promise<void> {
  await lockScheduler(tx, sweep.id);
  for (const result of results) await append(tx, sweep.id, 'report', result, result.value);
  await decide(tx, sweep);
}

/** Greater is better. An evaluation without the metric is the worst, but no failure: its training gets a decision. */
function rankOf(value: number | null, sign: number): number {
  return value === null || Number.isNaN(value) ? Number.NEGATIVE_INFINITY : sign * value;
}

async function decide(tx: DatabaseTransaction, sweep: WatchingSweep): Promise<void> {
  const events = await tx
    .selectFrom('search_events')
    .select(['kind', 'ordinal', 'rung', 'value'])
    .where('sweep_id', '=', sweep.id)
    .orderBy('sequence')
    .execute();
  const known = new Set(
    events.filter((event) => event.kind !== 'report').map((event) => `${event.ordinal}/${event.rung}`),
  );
  const reports = events.filter((event) => event.kind === 'report');
  const decisions = makeScheduler(sweep.definition.scheduler).decide(reports, sweep.planned_trainings);
  for (const decision of decisions) {
    if (!known.has(`${decision.ordinal}/${decision.rung}`)) await carryOut(tx, sweep.id, decision);
  }
}

/** A training that is at its end already is not pruned: there is nothing left to save. */
async function carryOut(tx: DatabaseTransaction, sweepId: string, decision: RungDecision): Promise<void> {
  await append(tx, sweepId, decision.decision, decision, null);
  const promote = decision.decision === 'promote';
  const { rows } = await sql<{ training_id: string }>`
    update sweep_trainings l set
      allowed_step = case when ${promote} then greatest(allowed_step, rung_steps[${decision.rung + 2}]) else allowed_step end,
      open = ${promote}, pruned = not ${promote}, released_at = case when ${promote} then null else now() end
    from trainings t
    where l.sweep_id = ${sweepId} and l.ordinal = ${decision.ordinal} and l.open and t.id = l.training_id
      and (${promote} or t.step < t.total_steps)
    returning l.training_id`.execute(tx);
  const trainingIds = rows.map((row) => row.training_id);
  if (!promote) await letGo(tx, trainingIds, 'pruned');
  await settleTrainings(tx, trainingIds);
  if (!promote) await finishSweeps(tx, [sweepId]);
}

/** Ends trainings that no sweep waits for any more. A worker that still runs one finds its lease stale. */
export async function letGo(
  tx: DatabaseTransaction,
  trainingIds: readonly string[],
  state: 'pruned' | 'cancelled',
): Promise<void> {
  // Two sweeps that let go at once must not each see the other's link as open: whoever locks last sees both closed.
  await sql`select id from trainings where id = any(${trainingIds}::uuid[]) order by id for update`.execute(tx);
  const { rows } = await sql<{ id: string }>`
    update trainings t set state = ${state}::training_state, finished_at = now()
    where t.id = any(${trainingIds}::uuid[]) and t.state = 'active'
      and not exists (select 1 from sweep_trainings l where l.training_id = t.id and l.open)
    returning t.id`.execute(tx);
  const ids = rows.map((row) => row.id);
  await sql`
    with ended as (
      update segments set status = 'cancelled', lease_epoch = lease_epoch + 1, lease_expires_at = null,
        worker_id = null, slot_key = null
      where training_id = any(${ids}::uuid[]) and status = 'claimed'
      returning id
    )
    update attempts a set ended_at = now(), outcome = 'cancelled'
    from ended where a.segment_id = ended.id and a.ended_at is null`.execute(tx);
  await settleTrainings(tx, ids);
  if (state === 'pruned') for (const id of ids) await writeSweepEvent(tx, { trainingId: id, kind: 'pruned' });
}

async function append(
  tx: DatabaseTransaction,
  sweepId: string,
  kind: 'report' | 'promote' | 'prune',
  of: { readonly ordinal: number; readonly rung: number },
  value: number | null,
): Promise<void> {
  await sql`
    insert into search_events (sweep_id, sequence, kind, ordinal, rung, value)
    select ${sweepId}, coalesce(max(sequence) + 1, 0), ${kind}, ${of.ordinal}::integer, ${of.rung}::integer,
      ${value}::double precision
    from search_events where sweep_id = ${sweepId}
    on conflict (sweep_id, kind, ordinal, rung) do nothing`.execute(tx);
}
