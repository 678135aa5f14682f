import { sql } from 'kysely';
import type { CheckpointReference, PendingEvaluation, Segment } from '../sweep/segment.ts';
import type { TrainingSpecification } from '../sweep/vocabulary.ts';
import type { DatabaseTransaction } from './open-store.ts';
import { finishSweeps, writeSweepEvent } from './settle-trainings.ts';
import { packingOf } from './packing-plans.ts';
import { thawOutputs } from './stored-outputs.ts';
import type { ClaimRequest, ClaimResult } from './worker-ledger.ts';

interface ClaimedRow {
  readonly id: string;
  readonly training_id: string;
  readonly kind: 'train' | 'evaluate';
  readonly end_step: number;
  readonly epoch: number;
  readonly attempt: number;
  readonly training_hash: string;
  readonly specification: TrainingSpecification;
  readonly numerics_class: string | null;
  readonly bundle_key: string | null;
}

/** The ledger's claim, within its transaction. */
export async function claimSegments(tx: DatabaseTransaction, request: ClaimRequest): Promise<ClaimResult> {
  const sweep = await tx
    .selectFrom('sweeps')
    .select(['state', 'desired_state', 'generation'])
    .where('id', '=', request.sweepId)
    .executeTakeFirst();
  if (sweep === undefined || sweep.generation !== request.generation) return { kind: 'exhausted' };
  if (sweep.desired_state === 'cancelled' || sweep.state === 'completed') return { kind: 'exhausted' };
  if (sweep.desired_state === 'paused') return { kind: 'wait' };

  const before = await claimedBefore(tx, request);
  let ids = before;
  if (ids.length === 0) ids = await pick(tx, request, 'evaluate');
  if (ids.length === 0) ids = await pick(tx, request, 'train');
  if (ids.length === 0) return waitOrExhausted(tx, request.sweepId);
  const rows = await take(tx, request, ids);
  const packing = await packingOf(tx, request, rows[0], before.length > 0 ? 1 : (request.maxSegments ?? 1));
  rows.push(...(await take(tx, request, packing.beside)));
  const bundle: Segment[] = [];
  for (const row of rows) bundle.push(await describe(tx, request, row, packing.pack));
  return { kind: 'claimed', bundle };
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

/**
 * The first segment in the sweep's order that is free or whose lease has run out. Evaluations that wait are few, so
 * they are looked up by themselves, those of the trainings that this slot had last before all others; trainings are
 * walked in order, and the walk ends at the first that is free.
 */
async function pick(tx: DatabaseTransaction, request: ClaimRequest, kind: 'train' | 'evaluate'): Promise<string[]> {
  const links =
    kind === 'evaluate'
      ? sql`
        (select distinct training_id from segments where kind = 'evaluate' and status in ('ready', 'claimed')) e
        join sweep_trainings l on l.sweep_id = ${request.sweepId} and l.training_id = e.training_id and l.open`
      : sql`
        (select training_id, ordinal from sweep_trainings
         where sweep_id = ${request.sweepId} and open order by ordinal) l`;
  const ownFirst =
    kind === 'evaluate'
      ? sql`
        s.training_id in (
          select b.training_id from claims c join segments b on b.id = c.segment_id
          where c.slot_key = ${request.slotKey} and c.ordinal = ${request.ordinal - 1}) desc,`
      : sql``;
  const reachable =
    kind === 'evaluate'
      ? sql`and exists (select 1 from checkpoints c
          where c.training_id = s.training_id and c.step = s.end_step and c.store_id = ${request.storeId})`
      : sql``;
  const { rows } = await sql<{ id: string }>`
    select s.id
    from ${links}
    join segments s on s.training_id = l.training_id
    where s.kind = ${sql.lit(kind)} ${reachable} and (s.status = 'ready' or (s.status = 'claimed' and s.lease_expires_at < now()))
    order by ${ownFirst} l.ordinal, s.end_step
    limit 1
    for update of s skip locked`.execute(tx);
  return rows.map((row) => row.id);
}

/**
 * Epochs rise over all segments of a training: two of its train segments may write a checkpoint of the same step (the
 * later one began anew in another numerics class), and rows and files of checkpoints are told apart by step and epoch.
 */
async function take(tx: DatabaseTransaction, request: ClaimRequest, ids: readonly string[]): Promise<ClaimedRow[]> {
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
    ), begun as (
      insert into attempts (segment_id, epoch, worker_id, slot_key, task_token, numerics_class)
      select id, epoch, ${request.workerId}, ${request.slotKey}, ${Buffer.from(request.taskToken)}::bytea,
        ${request.numericsClass} from taken
    )
    select taken.*, t.training_hash, t.specification, t.numerics_class, t.bundle_key,
      (select count(*)::integer + 1 from attempts a where a.segment_id = taken.id) as attempt
    from taken join trainings t on t.id = taken.training_id
    order by array_position(${ids}::uuid[], taken.id)`.execute(tx);
  await sql`
    update trainings set attempt_count = attempt_count + 1
    where id = any(${rows.map((row) => row.training_id)}::uuid[])`.execute(tx);
  return rows;
}

async function describe(
  tx: DatabaseTransaction,
  request: ClaimRequest,
  row: ClaimedRow,
  pack: number | null,
): Promise<Segment> {
  const common = {
    lease: { segmentId: row.id, epoch: row.epoch },
    trainingId: row.training_id,
    trainingHash: row.training_hash,
    rung: row.end_step,
    specification: row.specification,
    attempt: row.attempt,
  };
  if (row.kind === 'evaluate') {
    const at = { fromStep: row.end_step, toStep: row.end_step, inStore: request.storeId };
    const checkpoint = await newestCheckpoint(tx, row.training_id, at);
    if (checkpoint === null) throw new Error(`no checkpoint of ${row.training_hash} at step ${row.end_step}`);
    const evaluations = await pendingEvaluations(tx, row.training_id, row.end_step);
    return { ...common, kind: 'evaluate', checkpoint, evaluations };
  }
  const checkpoint = await newestCheckpoint(tx, row.training_id, {
    toStep: row.end_step,
    inClass: request.numericsClass,
    inStore: request.storeId,
  });
  await noteRestart(tx, row, request, checkpoint);
  await forgetMetricsPast(tx, row.training_id, checkpoint?.step ?? 0);
  return { ...common, kind: 'train', checkpoint, endStep: row.end_step, pack };
}

/**
 * A half-done training is never continued in another numerics class, nor without the checkpoint's file: it begins again,
 * or at an older checkpoint, and says so.
 */
async function noteRestart(
  tx: DatabaseTransaction,
  row: ClaimedRow,
  { numericsClass, storeId }: ClaimRequest,
  checkpoint: CheckpointReference | null,
): Promise<void> {
  const { training_id: trainingId, numerics_class: before } = row;
  if (before !== numericsClass) {
    await tx.updateTable('trainings').set({ numerics_class: numericsClass }).where('id', '=', trainingId).execute();
  }
  const newest = await newestCheckpoint(tx, trainingId, { toStep: row.end_step });
  const lostSteps = (newest?.step ?? 0) - (checkpoint?.step ?? 0);
  if (newest === null || lostSteps <= 0) return;
  const event =
    before === numericsClass
      ? { kind: 'restarted_with_other_checkpoints', detail: { from: newest.storeId, to: storeId } }
      : { kind: 'restarted_in_other_numerics_class', detail: { from: before, to: numericsClass } };
  await writeSweepEvent(tx, { trainingId, kind: event.kind, detail: { ...event.detail, lost_steps: lostSteps } });
}

/** Law 4. A chunk that spans the checkpoint's step keeps its part up to it. */
async function forgetMetricsPast(tx: DatabaseTransaction, trainingId: string, step: number): Promise<void> {
  await tx.deleteFrom('metrics').where('training_id', '=', trainingId).where('first_step', '>', step).execute();
  await sql`
    update metrics set values = values[1 : ${step} - first_step + 1]
    where training_id = ${trainingId} and first_step + array_length(values, 1) - 1 > ${step}`.execute(tx);
  await tx.updateTable('trainings').set({ progress_step: step }).where('id', '=', trainingId).execute();
}

interface CheckpointWanted {
  readonly fromStep?: number;
  readonly toStep: number;
  /** Absent: any. */
  readonly inClass?: string;
  readonly inStore?: string;
}

/** The wanted checkpoint of the greatest step and, there, of the newest lease epoch. */
export async function newestCheckpoint(
  db: Pick<DatabaseTransaction, 'selectFrom'>,
  trainingId: string,
  { fromStep = 0, toStep, inClass, inStore }: CheckpointWanted,
): Promise<CheckpointReference | null> {
  const row = await db
    .selectFrom('checkpoints')
    .select(['store_id as storeId', 'uri', 'step', 'sha256', 'bytes'])
    .where('training_id', '=', trainingId)
    .where('step', '>=', fromStep)
    .where('step', '<=', toStep)
    .$if(inClass !== undefined, (query) => query.where('numerics_class', '=', inClass ?? ''))
    .$if(inStore !== undefined, (query) => query.where('store_id', '=', inStore ?? ''))
    .orderBy('step', 'desc')
    .orderBy('epoch', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

async function pendingEvaluations(
  tx: DatabaseTransaction,
  trainingId: string,
  step: number,
): Promise<PendingEvaluation[]> {
  const evaluations = await tx
    .selectFrom('evaluations')
    .select(['id', 'configuration', 'dataset_hash', 'dataset_rows', 'member_key'])
    .where('training_id', '=', trainingId)
    .where('at_step', '=', step)
    .where('status', '=', 'pending')
    .orderBy('evaluation_hash')
    .execute();
  const members = await tx
    .selectFrom('evaluation_members')
    .select(['member_key', 'member', 'logits', 'offsets'])
    .where('training_id', '=', trainingId)
    .where('at_step', '=', step)
    .orderBy('member')
    .execute();
  return evaluations.map((evaluation) => ({
    evaluationId: evaluation.id,
    configuration: evaluation.configuration,
    dataset: { hash: evaluation.dataset_hash, rows: evaluation.dataset_rows },
    storedMembers: members
      .filter((member) => member.member_key === evaluation.member_key)
      .map(({ member, logits, offsets }) => ({
        member,
        outputs: thawOutputs(logits, offsets, evaluation.dataset_rows),
      })),
  }));
}
