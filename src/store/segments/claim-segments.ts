import { sql } from 'kysely';
import { trainerNamed, traitsOf } from '../../sweep/trainer-traits.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import { type ClaimedRow, describeSegments } from './describe-segments.ts';
import { pauseDrained } from '../drain-sweep.ts';
import { finishSweeps } from './settle-trainings.ts';
import { packingOf } from './packing-plans.ts';
import type { ClaimRequest, ClaimResult } from './worker-ledger.ts';

/** The ledger's claim, within its transaction. */
export async function claimSegments(tx: DatabaseTransaction, request: ClaimRequest): Promise<ClaimResult> {
  const sweep = await tx
    .selectFrom('sweeps')
    .select(['state', 'desired_state', 'generation', 'draining', 'trainer'])
    .where('id', '=', request.sweepId)
    .executeTakeFirst();
  if (sweep === undefined || sweep.generation !== request.generation) return { kind: 'exhausted' };
  if (sweep.desired_state === 'cancelled' || sweep.state === 'completed') return { kind: 'exhausted' };
  if (sweep.desired_state === 'paused') return { kind: 'wait' };

  const before = await claimedBefore(tx, request);
  const { staysOpen, base } = traitsOf(trainerNamed(sweep.trainer));
  const pick = staysOpen ? pickToStay : pickNext;
  const ids = before.length > 0 ? before : await pick(tx, request, { draining: sweep.draining, packs: base });
  if (ids.length === 0 && sweep.draining) await pauseDrained(tx, request.sweepId);
  if (ids.length === 0) return waitOrExhausted(tx, request.sweepId);
  const rows = await takeSegments(tx, request, ids);
  const packing = await packingOf(
    tx,
    request,
    rows[0],
    before.length > 0 || sweep.draining ? 1 : (request.maxSegments ?? 1),
  );
  rows.push(...(await takeSegments(tx, request, packing.beside)));
  const bundle = await describeSegments(tx, request, rows, packing.pack);
  const packed = rows.some(({ kind, bundle_key: key }) => kind === 'train' && key !== null);
  return { kind: 'claimed', bundle, order: packed ? 'together' : 'in_a_row' };
}

interface PickedFrom {
  /** Only what was begun is taken. */
  readonly draining: boolean;
  /** Its trainings could step beside one another: they are found by their bundle key, and not taken in rows. */
  readonly packs: boolean;
}

/** Between slots that take rows: claims from one look for what waits of others to the next. */
const looksEvery = 8;

/**
 * Evaluations before trainings: what has been trained is not kept waiting. Between slots that take rows, whoever trained
 * it comes first, and has its row of them together; others find it once it has waited, or where there is nothing else.
 */
async function pickNext(tx: DatabaseTransaction, request: ClaimRequest, sweep: PickedFrom): Promise<string[]> {
  const limit = request.maxInARow ?? 1;
  const own = await pickOwnEvaluations(tx, request, limit);
  if (own.length > 0) return own;
  if (limit === 1 || request.ordinal % looksEvery === 0) {
    const waiting = await pickEvaluations(tx, request, limit, limit === 1 ? 'any' : 'waited');
    if (waiting.length > 0) return waiting;
  }
  const trainings = await pickTrainings(tx, request, sweep.packs ? 1 : limit, sweep.draining);
  return trainings.length > 0 || limit === 1 ? trainings : pickEvaluations(tx, request, limit, 'any');
}

async function waitOrExhausted(tx: DatabaseTransaction, sweepId: string): Promise<ClaimResult> {
  const open = await tx
    .selectFrom('sweep_trainings')
    .select('ordinal')
    .where('sweep_id', '=', sweepId)
    .where('open', '=', true)
    .limit(1)
    .executeTakeFirst();
  if (open !== undefined) return { kind: 'wait' };
  // Two lanes that finished the last two trainings at once may each have seen the other's as open.
  await finishSweeps(tx, [sweepId]);
  const sweep = await tx.selectFrom('sweeps').select('state').where('id', '=', sweepId).executeTakeFirst();
  return { kind: sweep?.state === 'running' || sweep?.state === 'paused' ? 'wait' : 'exhausted' };
}

/** Law 1: a repeated request gets what it got, unless it is final or somebody else has taken it over. */
async function claimedBefore(tx: DatabaseTransaction, request: ClaimRequest): Promise<string[]> {
  const rows = await tx
    .selectFrom('claims')
    .innerJoin('segments', 'segments.id', 'claims.segment_id')
    .innerJoin('sweep_trainings', 'sweep_trainings.training_id', 'segments.training_id')
    .select('segments.id')
    .where('sweep_trainings.sweep_id', '=', request.sweepId)
    .where('claims.slot_key', '=', request.slotKey)
    .where('claims.ordinal', '=', request.ordinal)
    .where('segments.status', '=', 'claimed')
    .whereRef('segments.slot_key', '=', 'claims.slot_key')
    .orderBy('sweep_trainings.ordinal')
    .orderBy('segments.end_step')
    .forUpdate('segments')
    .execute();
  return rows.map((row) => row.id);
}

/** Free, or its lease has run out. */
const takeable = sql`(s.status = 'ready' or (s.status = 'claimed' and s.lease_expires_at < now()))`;

/** The store of whoever claims has what is to be evaluated. */
const isHere = (storeId: string) => sql`exists (
  select 1 from checkpoints c
  where c.training_id = s.training_id and c.step = s.end_step and c.store_id = ${storeId} offset 0)`;

/** Evaluations of the trainings that this slot had last. */
async function pickOwnEvaluations(tx: DatabaseTransaction, request: ClaimRequest, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select s.id
    from (select distinct b.training_id from claims c join segments b on b.id = c.segment_id
        where c.slot_key = ${request.slotKey} and c.ordinal = ${request.ordinal - 1}) o
      join sweep_trainings l on l.sweep_id = ${request.sweepId} and l.training_id = o.training_id and l.open
      join segments s on s.training_id = l.training_id
    where s.kind = 'evaluate' and ${takeable} and ${isHere(request.storeId)}
    order by l.ordinal, s.end_step
    limit ${limit}
    for update of s skip locked`.execute(tx);
  return rows.map((row) => row.id);
}

/** Evaluations in the sweep's order: its trainings that have one are walked, as in `pickTrainings`. */
async function pickEvaluations(
  tx: DatabaseTransaction,
  request: ClaimRequest,
  limit: number,
  which: 'waited' | 'any',
): Promise<string[]> {
  const waited = sql`and not exists (
    select 1 from segments p where p.training_id = s.training_id and p.kind = 'train' and p.end_step = s.end_step
      and p.finished_at > now() - interval '2 seconds' offset 0)`;
  const { rows } = await sql<{ id: string }>`
    select s.id
    from sweep_trainings l join segments s on s.training_id = l.training_id
    where l.sweep_id = ${request.sweepId} and l.evaluable and l.open and s.kind = 'evaluate' and ${takeable} and ${isHere(request.storeId)} ${which === 'waited' ? waited : sql``}
    order by l.ordinal, s.end_step
    limit ${limit}
    for update of s skip locked`.execute(tx);
  return rows.map((row) => row.id);
}

/**
 * The first train segments in the sweep's order: its trainings that have one are walked in order, and the walk ends where
 * there are enough; of a sweep that drains only those that were begun. The links are no query of their own: that would be
 * planned for all of its rows, by reading the whole table and sorting it once half of the sweep is over.
 */
async function pickTrainings(
  tx: DatabaseTransaction,
  request: ClaimRequest,
  limit: number,
  begunAlone: boolean,
): Promise<string[]> {
  const begun = sql`and (select attempt_count from trainings t where t.id = s.training_id) > 0`;
  const { rows } = await sql<{ id: string }>`
    select s.id
    from sweep_trainings l join segments s on s.training_id = l.training_id
    where l.sweep_id = ${request.sweepId} and l.claimable and l.open and s.kind = 'train' and ${takeable}
      ${begunAlone ? begun : sql``}
    order by l.ordinal, s.end_step
    limit ${limit}
    for update of s skip locked`.execute(tx);
  return rows.map((row) => row.id);
}

/**
 * First the training that this slot had last, where it may go on: its program is still there. One at a time, since
 * another training ends it.
 */
async function pickToStay(tx: DatabaseTransaction, request: ClaimRequest, sweep: PickedFrom): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select s.id
    from claims c join segments b on b.id = c.segment_id
      join segments s on s.training_id = b.training_id
      join sweep_trainings l on l.sweep_id = ${request.sweepId} and l.training_id = s.training_id and l.open
    where c.slot_key = ${request.slotKey} and c.ordinal = ${request.ordinal - 1}
      and s.kind = 'train' and s.status = 'ready'
    order by s.end_step limit 1
    for update of s skip locked`.execute(tx);
  return rows.length > 0 ? rows.map((row) => row.id) : pickNext(tx, { ...request, maxInARow: 1 }, sweep);
}

/**
 * Epochs rise over all segments of a training: two of its train segments may write a checkpoint of the same step (the
 * later one began anew in another numerics class), and rows and files of checkpoints are told apart by step and epoch.
 */
export async function takeSegments(
  tx: DatabaseTransaction,
  request: ClaimRequest,
  ids: readonly string[],
): Promise<ClaimedRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<ClaimedRow>`
    with taken as (
      update segments set status = 'claimed', worker_id = ${request.workerId},
        lease_epoch = 1 + (select max(o.lease_epoch) from segments o where o.training_id = segments.training_id),
        slot_key = ${request.slotKey}, generation = ${request.generation}, finished_at = null,
        lease_expires_at = now() + ${request.leaseMs} * interval '1 millisecond'
      where id = any(${ids}::uuid[])
      returning id, training_id, kind, end_step, lease_epoch as epoch
    ), noted as (
      insert into claims (slot_key, ordinal, segment_id, epoch)
      select ${request.slotKey}, ${request.ordinal}::integer, id, epoch from taken
      on conflict (slot_key, ordinal, segment_id) do update set epoch = excluded.epoch
    ), superseded as (
      update attempts a set ended_at = now(), outcome = 'superseded' from taken
      where a.segment_id = taken.id and a.ended_at is null
    ), counted as (
      update trainings t set attempt_count = t.attempt_count + k.segments,
        numerics_class = case when k.trains then ${request.numericsClass} else t.numerics_class end
      from (select training_id, count(*)::integer as segments, bool_or(kind = 'train') as trains
        from taken group by training_id) k
      where t.id = k.training_id
    ), begun as (
      insert into attempts (segment_id, epoch, worker_id, slot_key, task_token, numerics_class)
      select id, epoch, ${request.workerId}, ${request.slotKey}, ${Buffer.from(request.taskToken)}::bytea,
        ${request.numericsClass} from taken
    )
    select taken.*, t.training_hash, t.specification, t.numerics_class, t.bundle_key,
      (select count(*)::integer + 1 from attempts a where a.segment_id = taken.id) as attempt
    from taken join trainings t on t.id = taken.training_id
    order by array_position(${ids}::uuid[], taken.id)`.execute(tx);
  return rows;
}
