import { sql } from 'kysely';
import { assertNever } from '../../base/assert-never.ts';
import type { EvaluationResult, Lease, MemberOutput, SegmentOutcome } from '../../sweep/segment.ts';
import { freezeOutputs } from './stored-outputs.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import { forgetPages } from './evaluation-pages.ts';
import { reportToSearches } from '../search/advance-search.ts';
import { finishSweeps, settleTrainings, writeSweepEvent } from './settle-trainings.ts';
import { type HeldSegment, heldSegments, writeCheckpoints, writeMetrics } from './write-progress.ts';
import type { FenceResult, SegmentEnd } from './worker-ledger.ts';

const deathsUntilCrashed = 3;

type Outcome<Kind extends SegmentOutcome['kind']> = Extract<SegmentOutcome, { kind: Kind }>;

/** A segment that its lease still holds, and how it ended. */
interface Held<Ended extends SegmentOutcome = SegmentOutcome> {
  readonly segment: HeldSegment;
  readonly lease: Lease;
  readonly outcome: Ended;
}

/**
 * The ledger's commit, within its transaction: the outcomes and all that follows from them, or nothing. The many that
 * went well are written as sets of rows, whatever their number; what went wrong, one by one.
 */
export async function commitSegments(
  tx: DatabaseTransaction,
  ends: readonly SegmentEnd[],
): Promise<readonly FenceResult[]> {
  const segments = await heldSegments(
    tx,
    ends.map(({ lease }) => lease),
  );
  const held = ends.flatMap(({ lease, outcome }): Held[] => {
    const segment = segments.get(lease.segmentId);
    return segment === undefined ? [] : [{ segment, lease, outcome }];
  });
  await endAttempts(tx, held);
  await applyOutcomes(tx, held);
  const trainingIds = [...new Set(held.map(({ segment }) => segment.training_id))];
  await settleTrainings(tx, trainingIds);
  const { rows } = await sql<{ sweep_id: string }>`
    select distinct l.sweep_id from sweep_trainings l
    where l.training_id = any(${trainingIds}::uuid[]) and not l.open order by l.sweep_id`.execute(tx);
  await finishSweeps(
    tx,
    rows.map((row) => row.sweep_id),
  );
  const results: FenceResult[] = [];
  for (const { lease } of ends) {
    results.push(segments.has(lease.segmentId) ? 'written' : await wasCommitted(tx, lease));
  }
  return results;
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

async function endAttempts(tx: DatabaseTransaction, held: readonly Held[]): Promise<void> {
  const names = held.map(({ outcome }) => {
    const name = outcome.kind === 'failed' ? outcome.outcome : outcome.kind;
    return name === 'cancelled' ? 'released' : name;
  });
  const details = held.map(({ outcome }) => ('message' in outcome ? outcome.message.slice(0, 4_000) : null));
  await sql`
    update attempts a set ended_at = now(), outcome = e.outcome, detail = e.detail
    from unnest(${held.map(({ lease }) => lease.segmentId)}::uuid[], ${held.map(({ lease }) => lease.epoch)}::bigint[],
      ${names}::text[], ${details}::text[]) as e (segment_id, epoch, outcome, detail)
    where a.segment_id = e.segment_id and a.epoch = e.epoch`.execute(tx);
}

async function applyOutcomes(tx: DatabaseTransaction, all: readonly Held[]): Promise<void> {
  const trained: Held<Outcome<'trained'>>[] = [];
  const evaluated: Held<Outcome<'evaluated'>>[] = [];
  const released: HeldSegment[] = [];
  const failed: Held<Outcome<'process_died' | 'failed'>>[] = [];
  for (const held of all) {
    const { outcome } = held;
    if (outcome.kind === 'trained') trained.push({ ...held, outcome });
    else if (outcome.kind === 'evaluated') evaluated.push({ ...held, outcome });
    else if (outcome.kind === 'released' || wasCancelled(outcome)) released.push(held.segment);
    else if (outcome.kind === 'process_died' || outcome.kind === 'failed') failed.push({ ...held, outcome });
    else assertNever(outcome, 'segment outcome');
  }
  if (trained.length > 0) await applyTrained(tx, trained);
  if (evaluated.length > 0) await applyEvaluated(tx, evaluated);
  if (released.length > 0) await setStatus(tx, released, 'ready');
  for (const { segment, outcome } of failed) {
    if (outcome.kind === 'process_died') await countDeath(tx, segment, outcome.message);
    else await failTraining(tx, segment, outcome);
  }
  const told = [...evaluated, ...failed].map(({ segment }) => segment.training_id);
  await reportToSearches(tx, [...new Set(told)]);
}

function wasCancelled(outcome: SegmentOutcome): boolean {
  return outcome.kind === 'failed' && outcome.outcome === 'cancelled';
}

async function applyTrained(tx: DatabaseTransaction, trained: readonly Held<Outcome<'trained'>>[]): Promise<void> {
  const ended = trained.map(({ segment, lease, outcome }) => ({
    trainingId: segment.training_id,
    epoch: lease.epoch,
    lease,
    chunks: outcome.metrics,
    checkpoint: outcome.checkpoint,
  }));
  await writeMetrics(tx, ended);
  await writeCheckpoints(tx, ended);
  await sql`
    update trainings t set step = greatest(t.step, e.end_step), progress_step = e.end_step,
      trainable_parameters = e.parameters, train_seconds = t.train_seconds + e.seconds + coalesce(x.before, 0),
      largest_loss = greatest(t.largest_loss, x.loss),
      largest_gradient_norm = greatest(t.largest_gradient_norm, x.norm)
    from unnest(${trained.map(({ segment }) => segment.training_id)}::uuid[],
      ${trained.map(({ segment }) => segment.end_step)}::integer[],
      ${trained.map(({ outcome }) => outcome.trainableParameters)}::bigint[],
      ${trained.map(({ outcome }) => outcome.trainSeconds)}::double precision[],
      ${trained.map(({ lease }) => lease.epoch)}::bigint[])
      as e (training_id, end_step, parameters, seconds, epoch)
      left join lateral (
        select coalesce(max(p.end_step), 0) as step from segments p
        where p.training_id = e.training_id and p.kind = 'train' and p.end_step < e.end_step) b on true
      left join lateral (
        select max(v.value) filter (where m.name = 'data_loss') as loss,
          max(v.value) filter (where m.name = 'gradient_norm') as norm,
          -- Of the segment's steps those that an earlier attempt took and a checkpoint kept, by the clock: their shares are
          -- not known any more. Programs and the simulated trainer tell no seconds of steps.
          sum(v.value) filter (where m.name = 'step_seconds' and m.epoch < e.epoch and m.first_step > b.step) as before
        from metrics m, unnest(m.values) as v (value)
        where m.training_id = e.training_id and m.name in ('data_loss', 'gradient_norm', 'step_seconds')
          and v.value < 'infinity'::double precision) x on true
    where t.id = e.training_id`.execute(tx);
  await setStatus(
    tx,
    trained.map(({ segment }) => segment),
    'done',
  );
}

async function applyEvaluated(
  tx: DatabaseTransaction,
  evaluated: readonly Held<Outcome<'evaluated'>>[],
): Promise<void> {
  for (const { segment, outcome } of evaluated) await writeMembers(tx, segment, outcome.members);
  await writeResults(
    tx,
    evaluated.flatMap(({ segment, outcome }) => outcome.results.map((result) => ({ segment, result }))),
  );
  await forgetPages(
    tx,
    evaluated.map(({ segment }) => segment),
  );
  await setStatus(
    tx,
    evaluated.map(({ segment }) => segment),
    'done',
  );
}

async function setStatus(
  tx: DatabaseTransaction,
  segments: readonly HeldSegment[],
  status: 'ready' | 'done' | 'failed',
): Promise<void> {
  await sql`
    update segments set status = ${status}::segment_status, lease_expires_at = null, worker_id = null, slot_key = null,
      finished_at = case when ${status} = 'ready' then null else now() end
    where id = any(${segments.map(({ id }) => id)}::uuid[])`.execute(tx);
}

async function countDeath(tx: DatabaseTransaction, segment: HeldSegment, message: string): Promise<void> {
  const deaths = segment.crash_count + 1;
  await tx.updateTable('segments').set({ crash_count: deaths }).where('id', '=', segment.id).execute();
  await writeSweepEvent(tx, { trainingId: segment.training_id, kind: 'trainer_died', detail: { deaths, message } });
  if (deaths < deathsUntilCrashed) return setStatus(tx, [segment], 'ready');
  const what = `the trainer process died ${deaths} times in this segment; the last time: ${message}`;
  return failTraining(tx, segment, { outcome: 'crashed', code: 'TRAINER_CRASHED', message: what });
}

async function failTraining(
  tx: DatabaseTransaction,
  segment: HeldSegment,
  {
    outcome: state,
    code,
    message,
  }: Pick<Outcome<'failed'>, 'code' | 'message'> & { readonly outcome: Outcome<'failed'>['outcome'] },
): Promise<void> {
  await setStatus(tx, [segment], 'failed');
  await sql`
    update trainings set state = ${state}::training_state, finished_at = now(),
      failure = ${JSON.stringify({ code, message })}::jsonb
    where id = ${segment.training_id}`.execute(tx);
  await sql`
    update evaluations set status = 'failed', finished_at = now()
    where training_id = ${segment.training_id} and status = 'pending'`.execute(tx);
  await forgetPages(tx, [segment]);
  await writeSweepEvent(tx, { trainingId: segment.training_id, kind: state, detail: { code, message } });
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

interface SegmentResult {
  readonly segment: HeldSegment;
  readonly result: EvaluationResult;
}

async function writeResults(tx: DatabaseTransaction, results: readonly SegmentResult[]): Promise<void> {
  const rows = results.map(({ segment, result }) => ({
    id: result.evaluationId,
    training_id: segment.training_id,
    metrics: result.metrics,
    predictions_sha256: result.predictionsSha256,
    row_groups: result.rowGroups ?? null,
  }));
  await sql`
    update evaluations e set status = 'done', metrics = r.metrics, predictions_sha256 = r.predictions_sha256,
      row_groups = r.row_groups, finished_at = now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, training_id uuid, metrics jsonb,
      predictions_sha256 text, row_groups jsonb)
    where e.id = any(${rows.map(({ id }) => id)}::uuid[]) and e.id = r.id and e.training_id = r.training_id
      and e.status = 'pending'`.execute(tx);
}
