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
  readonly ordinal: number;
  readonly rung_steps: readonly number[];
}

/**
 * Tells the scheduler of each sweep that still waits for the training what it reached at a step (null: it failed), and
 * carries out what follows, all in the transaction that brought the result.
 */
export async function reportToSchedulers(
  tx: DatabaseTransaction,
  trainingId: string,
  atStep: number | null,
): Promise<void> {
  const { rows: sweeps } = await sql<WatchingSweep>`
    select s.id, s.definition, s.planned_trainings, l.ordinal, l.rung_steps
    from sweep_trainings l join sweeps s on s.id = l.sweep_id
    where l.training_id = ${trainingId} and l.open and s.definition -> 'scheduler' ->> 'kind' <> 'none'
    order by s.id`.execute(tx);
  for (const sweep of sweeps) await report(tx, sweep, trainingId, atStep);
}

interface ReachedRung {
  readonly ordinal: number;
  readonly rung_steps: readonly number[];
  readonly training_id: string;
  readonly failed: boolean;
  readonly evaluated_steps: readonly number[] | null;
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
  if (sweep.definition.scheduler.kind === 'none') return;
  const { rows } = await sql<ReachedRung>`
    select l.ordinal, l.rung_steps, l.training_id, t.state in ('diverged', 'out_of_memory', 'infeasible', 'crashed') as failed,
      (select array_agg(distinct e.at_step) from evaluations e where e.training_id = t.id and e.status = 'done')
        as evaluated_steps
    from sweep_trainings l join trainings t on t.id = l.training_id
    where l.sweep_id = ${sweepId} and l.training_id = any(${trainingIds}::uuid[]) and not l.pruned
      and (t.step > 0 or t.state <> 'active')`.execute(tx);
  if (rows.length === 0) return;
  await sql`select pg_advisory_xact_lock(hashtextextended(${sweepId}, 1))`.execute(tx);
  for (const { ordinal, rung_steps, training_id, failed, evaluated_steps } of rows) {
    for (const [rung, step] of rung_steps.slice(0, -1).entries()) {
      const evaluated = evaluated_steps?.includes(step) === true;
      if (!failed && !evaluated) continue;
      const value = evaluated ? await objectiveAt(tx, sweep.definition, training_id, step) : null;
      await append(tx, sweepId, 'report', { ordinal, rung }, value);
    }
  }
  await decide(tx, sweep);
}

async function report(
  tx: DatabaseTransaction,
  sweep: WatchingSweep,
  trainingId: string,
  atStep: number | null,
): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${sweep.id}, 1))`.execute(tx);
  const decidedRungs = sweep.rung_steps.slice(0, -1);
  if (atStep === null) {
    for (const rung of decidedRungs.keys())
      await append(tx, sweep.id, 'report', { ordinal: sweep.ordinal, rung }, null);
  } else {
    const rung = decidedRungs.indexOf(atStep);
    if (rung < 0) return;
    const value = await objectiveAt(tx, sweep.definition, trainingId, atStep);
    await append(tx, sweep.id, 'report', { ordinal: sweep.ordinal, rung }, value);
  }
  await decide(tx, sweep);
}

/** The value that ranks trials, turned so that greater is better. */
async function objectiveAt(
  tx: DatabaseTransaction,
  definition: SweepDefinition,
  trainingId: string,
  step: number,
): Promise<number | null> {
  const objective = definition.objectives[0];
  if (objective === undefined) return null;
  const { rows } = await sql<{ value: number | null }>`
    select (metrics ->> ${objective.metric})::double precision as value
    from evaluations
    where training_id = ${trainingId} and at_step = ${step} and status = 'done'
    order by evaluation_hash limit 1`.execute(tx);
  const value = rows[0]?.value ?? null;
  if (value === null) return null;
  return objective.direction === 'maximize' ? value : -value;
}

async function decide(
  tx: DatabaseTransaction,
  sweep: Pick<WatchingSweep, 'id' | 'definition' | 'planned_trainings'>,
): Promise<void> {
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

async function carryOut(tx: DatabaseTransaction, sweepId: string, decision: RungDecision): Promise<void> {
  await append(tx, sweepId, decision.decision, decision, null);
  const promote = decision.decision === 'promote';
  const { rows } = await sql<{ training_id: string }>`
    update sweep_trainings set
      allowed_step = case when ${promote} then greatest(allowed_step, rung_steps[${decision.rung + 2}]) else allowed_step end,
      open = open and ${promote}, pruned = not ${promote},
      released_at = case when ${promote} then null else now() end
    where sweep_id = ${sweepId} and ordinal = ${decision.ordinal} and open
    returning training_id`.execute(tx);
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
