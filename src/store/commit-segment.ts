import { sql } from 'kysely';
import { assertNever } from '../base/assert-never.ts';
import type { EvaluationResult, Lease, MemberOutput, SegmentOutcome } from '../sweep/segment.ts';
import { freezeOutputs } from './stored-outputs.ts';
import type { DatabaseTransaction } from './open-store.ts';
import { reportToSearches } from './advance-search.ts';
import { finishSweeps, settleTrainings, writeSweepEvent } from './settle-trainings.ts';
import { type HeldSegment, heldSegment, writeCheckpoint, writeMetrics } from './write-progress.ts';
import type { FenceResult } from './worker-ledger.ts';

const deathsUntilCrashed = 3;

/** The ledger's commit, within its transaction: the outcome and all that follows from it, or nothing. */
export async function commitSegment(
  tx: DatabaseTransaction,
  lease: Lease,
  outcome: SegmentOutcome,
): Promise<FenceResult> {
  const segment = await heldSegment(tx, lease);
  if (segment === null) return wasCommitted(tx, lease);
  await endAttempt(tx, lease, outcome);
  await applyOutcome(tx, lease, segment, outcome);
  await settleTrainings(tx, [segment.training_id]);
  const { rows } = await sql<{ sweep_id: string }>`
    select l.sweep_id from sweep_trainings l where l.training_id = ${segment.training_id} and not l.open`.execute(tx);
  await finishSweeps(
    tx,
    rows.map((row) => row.sweep_id),
  );
  return 'written';
}

/** Law 3: the second commit under one lease finds the first. */
async function wasCommitted(tx: DatabaseTransaction, lease: Lease): Promise<FenceResult> {
  const attempt = await tx
    .selectFrom('attempts')
    .select('outcome')
    .where('segment_id', '=', lease.segmentId)
    .where('epoch', '=', lease.epoch)
    .where('ended_at', 'is not', null)
    .where('outcome', 'not in', ['superseded', 'worker_died', 'cancelled'])
    .executeTakeFirst();
  return attempt === undefined ? 'stale' : 'written';
}

async function endAttempt(tx: DatabaseTransaction, lease: Lease, outcome: SegmentOutcome): Promise<void> {
  const detail = 'message' in outcome ? outcome.message.slice(0, 4_000) : null;
  const name = outcome.kind === 'failed' ? outcome.outcome : outcome.kind;
  await sql`
    update attempts set ended_at = now(), outcome = ${name === 'cancelled' ? 'released' : name}, detail = ${detail}
    where segment_id = ${lease.segmentId} and epoch = ${lease.epoch}`.execute(tx);
}

async function applyOutcome(
  tx: DatabaseTransaction,
  lease: Lease,
  segment: HeldSegment,
  outcome: SegmentOutcome,
): Promise<void> {
  switch (outcome.kind) {
    case 'trained': {
      await writeMetrics(tx, segment.training_id, lease.epoch, outcome.metrics);
      await writeCheckpoint(tx, segment.training_id, lease, outcome.checkpoint);
      await sql`
        update trainings set step = greatest(step, ${segment.end_step}), progress_step = ${segment.end_step},
          trainable_parameters = ${outcome.trainableParameters}, train_seconds = train_seconds + ${outcome.trainSeconds}
        where id = ${segment.training_id}`.execute(tx);
      return setStatus(tx, segment, 'done');
    }
    case 'evaluated': {
      await writeMembers(tx, segment, outcome.members);
      for (const result of outcome.results) await writeResult(tx, segment, result);
      await setStatus(tx, segment, 'done');
      return reportToSearches(tx, segment.training_id);
    }
    case 'released':
      return setStatus(tx, segment, 'ready');
    case 'process_died':
      return countDeath(tx, segment, outcome.message);
    case 'failed':
      if (outcome.outcome === 'cancelled') return setStatus(tx, segment, 'ready');
      return failTraining(tx, segment, outcome.outcome, outcome.code, outcome.message);
    default:
      return assertNever(outcome, 'segment outcome');
  }
}

async function setStatus(
  tx: DatabaseTransaction,
  segment: HeldSegment,
  status: 'ready' | 'done' | 'failed',
): Promise<void> {
  await sql`
    update segments set status = ${status}::segment_status, lease_expires_at = null, worker_id = null, slot_key = null,
      finished_at = case when ${status} = 'ready' then null else now() end
    where id = ${segment.id}`.execute(tx);
}

async function countDeath(tx: DatabaseTransaction, segment: HeldSegment, message: string): Promise<void> {
  const deaths = segment.crash_count + 1;
  await tx.updateTable('segments').set({ crash_count: deaths }).where('id', '=', segment.id).execute();
  await writeSweepEvent(tx, { trainingId: segment.training_id, kind: 'trainer_died', detail: { deaths, message } });
  if (deaths < deathsUntilCrashed) return setStatus(tx, segment, 'ready');
  const what = `the trainer process died ${deaths} times in this segment; the last time: ${message}`;
  return failTraining(tx, segment, 'crashed', 'TRAINER_CRASHED', what);
}

async function failTraining(
  tx: DatabaseTransaction,
  segment: HeldSegment,
  state: 'diverged' | 'out_of_memory' | 'infeasible' | 'crashed',
  code: string,
  message: string,
): Promise<void> {
  await setStatus(tx, segment, 'failed');
  await sql`
    update trainings set state = ${state}::training_state, finished_at = now(),
      failure = ${JSON.stringify({ code, message })}::jsonb
    where id = ${segment.training_id}`.execute(tx);
  await sql`
    update evaluations set status = 'failed', finished_at = now()
    where training_id = ${segment.training_id} and status = 'pending'`.execute(tx);
  await writeSweepEvent(tx, { trainingId: segment.training_id, kind: state, detail: { code, message } });
  await reportToSearches(tx, segment.training_id);
}

async function writeMembers(
  tx: DatabaseTransaction,
  segment: HeldSegment,
  members: readonly MemberOutput[],
): Promise<void> {
  for (const { evaluationId, member, outputs } of members) {
    const { values, offsets } = freezeOutputs(outputs);
    await sql`
      insert into evaluation_members (training_id, at_step, member_key, member, logits, offsets)
      select training_id, at_step, member_key, ${member}::integer, ${values}::bytea, ${offsets}::bytea
      from evaluations where id = ${evaluationId} and training_id = ${segment.training_id}
      on conflict do nothing`.execute(tx);
  }
}

async function writeResult(tx: DatabaseTransaction, segment: HeldSegment, result: EvaluationResult): Promise<void> {
  const { metrics } = result;
  await tx
    .updateTable('evaluations')
    .set({
      status: 'done',
      metrics: JSON.stringify(metrics),
      predictions_sha256: result.predictionsSha256,
      finished_at: new Date(),
    })
    .where('id', '=', result.evaluationId)
    .where('training_id', '=', segment.training_id)
    .where('status', '=', 'pending')
    .execute();
}
