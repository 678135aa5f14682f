import { sql } from 'kysely';
import { canonicalJson, type Json } from '../../base/canonical-json.ts';
import { DropsweepError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import type { MetricChunk, SegmentOutcome } from '../../sweep/segment.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { askedPlace, type LeasedSegment, leasedSegment, requestOf } from './ask-training.ts';
import { answerTo, noteAnswer } from './leases.ts';
import { reasonsByTrial } from '../search/reasons-by-trial.ts';
import { takeSegments } from '../segments/claim-segments.ts';
import { commitSegments } from '../segments/commit-segments.ts';
import { describeSegments } from '../segments/describe-segments.ts';
import { type DatabaseTransaction, type Store, transact } from '../database/open-store.ts';
import { desiredOf } from '../segments/postgres-worker-ledger.ts';
import { heldSegment, noteProgress, writeMetrics } from '../segments/write-progress.ts';

/** The answer to a program's report. */
export type Answer =
  /** The next step whose values decide. */
  | { readonly answer: 'go'; readonly report_at: number }
  /** Nothing more of it is wanted now; the lease is over. */
  | { readonly answer: 'stop'; readonly reason: string };

export type Values = Readonly<Record<string, number>>;

export interface Report {
  readonly step: number;
  readonly values: Values;
  readonly leaseSeconds: number;
}

/** How a program ends a training. */
export type Told =
  /** With its last values: what it has not reported of later steps is taken to be these. */
  | { readonly kind: 'result'; readonly values: Values }
  | { readonly kind: 'failed'; readonly outcome: 'crashed' | 'diverged' | 'infeasible'; readonly message: string }
  /** For another asker to go on with. */
  | { readonly kind: 'given_back' };

/**
 * Records what a program measured at a step, and extends its lease. At a rung the search decides, in this transaction.
 * The same told again is recorded once, and answered the same.
 * @throws LEASE_UNKNOWN, LEASE_LOST, REPORT_INVALID; then nothing is recorded
 */
export function reportTraining(store: Store, lease: string, report: Report): Promise<Answer> {
  const { step, values, leaseSeconds } = report;
  return tellOnce(store, { lease, told: { step, values }, leaseSeconds }, async (tx, held) => {
    demandStep(held, step);
    const desired = await desiredOf(tx, held.trainingId);
    if (step < held.endStep) await standAt(tx, held, report);
    if (desired !== 'run') return letGoOf(tx, held, desired);
    return step >= held.endStep ? passRungs(tx, lease, held, report) : extendLease(tx, held, leaseSeconds);
  });
}

/**
 * Extends a lease whose program has nothing to report yet, and tells it whether to go on.
 * @throws LEASE_UNKNOWN, LEASE_LOST
 */
export function keepTraining(store: Store, lease: string, leaseSeconds: number): Promise<Answer> {
  return transact(store, async (tx) => goOn(tx, await lockedSegment(tx, lease), leaseSeconds));
}

/**
 * Ends what a lease holds. The same told again is recorded once, and answered the same.
 * @throws LEASE_UNKNOWN, LEASE_LOST, REPORT_INVALID; then nothing is recorded
 */
export function tellTraining(store: Store, lease: string, told: Told): Promise<Answer> {
  return tellOnce(store, { lease, told, leaseSeconds: 0 }, async (tx, held) => {
    if (told.kind === 'given_back') return letGoOf(tx, held, 'release');
    if (told.kind === 'result')
      return passRungs(tx, lease, held, { step: held.totalSteps, values: told.values, leaseSeconds: 0 });
    const { outcome, message } = told;
    const code = outcome === 'diverged' ? 'NON_FINITE' : 'PROGRAM_FAILED';
    await commit(tx, held, { kind: 'failed', outcome, code, message: `${code}: ${message}` });
    return { answer: 'stop', reason: outcome };
  });
}

interface Telling {
  readonly lease: string;
  readonly told: Json;
  readonly leaseSeconds: number;
}

/** What was told last under the lease is not recorded anew: its answer may have been lost on the way. */
function tellOnce(
  store: Store,
  { lease, told, leaseSeconds }: Telling,
  record: (tx: DatabaseTransaction, held: LeasedSegment) => Promise<Answer>,
): Promise<Answer> {
  const name = sha256(canonicalJson(told));
  return transact(store, async (tx) => {
    const before = await answerTo(tx, lease, name);
    if (before?.answer === 'stop') return before;
    const held = await lockedSegment(tx, lease);
    if (before !== null) return goOn(tx, held, leaseSeconds);
    const answer = await record(tx, held);
    await noteAnswer(tx, lease, name, answer);
    return answer;
  });
}

async function goOn(tx: DatabaseTransaction, held: LeasedSegment, leaseSeconds: number): Promise<Answer> {
  const desired = await desiredOf(tx, held.trainingId);
  return desired === 'run' ? extendLease(tx, held, leaseSeconds) : letGoOf(tx, held, desired);
}

async function extendLease(tx: DatabaseTransaction, held: LeasedSegment, leaseSeconds: number): Promise<Answer> {
  await sql`
    update segments set lease_expires_at = now() + ${leaseSeconds} * interval '1 second'
    where id = ${held.segmentId}`.execute(tx);
  return { answer: 'go', report_at: held.endStep };
}

async function lockedSegment(tx: DatabaseTransaction, lease: string): Promise<LeasedSegment> {
  const found = await leasedSegment(tx, lease);
  // Whoever took it over meanwhile holds a later epoch: what was found then is no longer so.
  const held = await heldSegment(tx, found);
  return held === null ? leasedSegment(tx, lease) : found;
}

function demandStep({ progressStep, totalSteps }: LeasedSegment, step: number): void {
  if (step > progressStep && step <= totalSteps) return;
  throw new DropsweepError('REPORT_INVALID', 'the step is none that may be reported now', {
    where: '--step',
    got: String(step),
    expected: `above ${progressStep}, which was reported, and at most ${totalSteps}`,
    fix: 'count steps from where ask says that the training stands',
  });
}

function chunksOf(step: number, values: Values): readonly MetricChunk[] {
  return Object.entries(values).map(([name, value]) => ({ name, firstStep: step, values: Float64Array.of(value) }));
}

async function letGoOf(tx: DatabaseTransaction, held: LeasedSegment, desired: 'release' | 'cancel'): Promise<Answer> {
  await commit(tx, held, { kind: 'released' });
  return { answer: 'stop', reason: desired === 'cancel' ? 'no sweep wants it any more' : 'given back' };
}

/**
 * Every rung up to the reported step, each decided before the next: by what is known of each metric, and at the end by
 * what is told there alone.
 */
async function passRungs(tx: DatabaseTransaction, lease: string, from: LeasedSegment, report: Report): Promise<Answer> {
  const { step } = report;
  const isEnd = step === from.totalSteps;
  const known = { ...(await lastValues(tx, from.trainingId)), ...report.values };
  await demandMeasured(tx, from.trainingId, isEnd ? report.values : known, isEnd);
  for (let held = from; ; ) {
    const isThere = held.endStep === step;
    const values = held.endStep === held.totalSteps ? report.values : known;
    await scoreRung(tx, held, values, isThere ? chunksOf(step, report.values) : []);
    const next = await takeNext(tx, lease, held, report.leaseSeconds);
    const passed = next === null || next.endStep > step;
    if (passed && !isThere) await standAt(tx, next ?? held, report);
    if (next === null) return { answer: 'stop', reason: await reasonOf(tx, held.trainingId) };
    if (passed) return { answer: 'go', report_at: next.endStep };
    held = next;
  }
}

/** Notes a report between rungs: what was measured, and that the training stands there. */
async function standAt(
  tx: DatabaseTransaction,
  { trainingId, epoch }: LeasedSegment,
  { step, values }: Report,
): Promise<void> {
  const chunks = chunksOf(step, values);
  await writeMetrics(tx, [{ trainingId, epoch, chunks }]);
  await noteProgress(tx, trainingId, chunks);
}

/** The last that was reported of each metric. */
async function lastValues(tx: DatabaseTransaction, trainingId: string): Promise<Values> {
  const { rows } = await sql<{ name: string; value: number }>`
    select distinct on (name) name, values[array_length(values, 1)] as value
    from metrics where training_id = ${trainingId} order by name, first_step desc`.execute(tx);
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** The search needs the first objective at a rung; at the end there is everything that the sweep file names. */
async function demandMeasured(
  tx: DatabaseTransaction,
  trainingId: string,
  values: Values,
  end: boolean,
): Promise<void> {
  const sweeps = await tx
    .selectFrom('sweep_trainings')
    .innerJoin('sweeps', 'sweeps.id', 'sweep_id')
    .select('definition')
    .where('training_id', '=', trainingId)
    .where('open', '=', true)
    .execute();
  const missing = sweeps.flatMap(({ definition }) => wantedOf(definition, end)).find((name) => !(name in values));
  if (missing === undefined) return;
  throw new DropsweepError('REPORT_INVALID', 'a metric that the sweep file names is missing', {
    where: missing,
    got: Object.keys(values).join(', ') || 'no metric',
    expected: `${missing}=<number>`,
    fix: 'give it with the others; nothing was recorded, and the lease stands',
  });
}

function wantedOf({ objectives, program }: SweepDefinition, end: boolean): readonly string[] {
  return end ? Object.keys(program?.metrics ?? {}) : objectives.slice(0, 1).map(({ metric }) => metric);
}

/** Training and evaluation of a rung, as a slot commits them one after the other. */
async function scoreRung(
  tx: DatabaseTransaction,
  held: LeasedSegment,
  values: Values,
  metrics: readonly MetricChunk[],
): Promise<void> {
  const text = canonicalJson(values);
  const checkpoint = {
    storeId: askedPlace,
    uri: `${askedPlace}/${held.trainingHash}/step-${held.endStep}`,
    step: held.endStep,
    sha256: sha256(text),
    bytes: Buffer.byteLength(text),
  };
  const trained = { kind: 'trained', checkpoint, metrics, trainSeconds: held.seconds, trainableParameters: 0 } as const;
  await commit(tx, held, trained);
  const { rows } = await sql<{ id: string }>`
    select id from segments where training_id = ${held.trainingId} and kind = 'evaluate' and end_step = ${held.endStep}
      and status = 'ready' for update`.execute(tx);
  if (rows.length === 0) return;
  const request = { ...requestOf('scored', { id: held.trainingId, generation: 0 }, 0), workerId: held.workerId };
  const taken = await takeSegments(
    tx,
    request,
    rows.map(({ id }) => id),
  );
  for (const segment of await describeSegments(tx, request, taken, null)) {
    if (segment.kind !== 'evaluate') continue;
    const results = segment.evaluations.map(({ evaluationId }) => ({
      ...{ evaluationId, metrics: values, predictionsSha256: sha256(text) },
    }));
    const outcome = { kind: 'evaluated', members: [], results, evaluateSeconds: 0 } as const;
    await commitSegments(tx, [{ lease: segment.lease, outcome }]);
  }
}

/** The training's next segment, under the same lease, where its sweep lets it go on. */
async function takeNext(
  tx: DatabaseTransaction,
  lease: string,
  held: LeasedSegment,
  leaseSeconds: number,
): Promise<LeasedSegment | null> {
  const { rows } = await sql<{ id: string; sweep_id: string; generation: number }>`
    select s.id, l.sweep_id, w.generation from segments s
      join sweep_trainings l on l.training_id = s.training_id and l.open join sweeps w on w.id = l.sweep_id
    where s.training_id = ${held.trainingId} and s.kind = 'train' and s.status = 'ready' and w.desired_state = 'running'
    order by s.end_step, l.sweep_id limit 1 for update of s`.execute(tx);
  const [next] = rows;
  if (next === undefined) return null;
  const sweep = { id: next.sweep_id, generation: next.generation };
  const request = { ...requestOf(lease, sweep, leaseSeconds * 1_000), workerId: held.workerId };
  await takeSegments(tx, request, [next.id]);
  return leasedSegment(tx, lease);
}

/** Why nothing more of a training is wanted now. */
async function reasonOf(tx: DatabaseTransaction, trainingId: string): Promise<string> {
  const { rows } = await sql<{ state: string; pruned: boolean; sweep_id: string | null; reason: string | null }>`
    select t.state::text as state, coalesce(l.pruned, false) as pruned, l.sweep_id, (
      select v.reason from search_events v
      where v.sweep_id = l.sweep_id and v.ordinal = l.ordinal and v.kind = 'prune' order by v.sequence desc limit 1) as reason
    from trainings t left join sweep_trainings l on l.training_id = t.id
    where t.id = ${trainingId} order by l.pruned desc limit 1`.execute(tx);
  const [row] = await reasonsByTrial(tx, rows[0]?.sweep_id ?? '', rows);
  if (row?.pruned === true) return `pruned: ${row.reason ?? 'the scheduler ended it'}`;
  if (row?.state === 'succeeded') return 'done';
  return 'others decide with it: it is given out again, should it go on';
}

async function commit(tx: DatabaseTransaction, held: LeasedSegment, outcome: SegmentOutcome): Promise<void> {
  await commitSegments(tx, [{ lease: { segmentId: held.segmentId, epoch: held.epoch }, outcome }]);
}
