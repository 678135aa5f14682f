import { type RawBuilder, sql } from 'kysely';
import { complexity } from '../evaluate/complexity.ts';
import type { EvaluationMetrics } from '../sweep/evaluation-metrics.ts';
import type { CheckpointReference } from '../sweep/segment.ts';
import type { SweepDefinition } from '../sweep/sweep-definition.ts';
import type { EvaluationConfiguration, TrainingSpecification } from '../sweep/vocabulary.ts';
import type { TheoryConstants } from '../train/trainer-protocol.ts';
import { newestCheckpoint } from './claim-segments.ts';
import { sweepNotFound } from './commands.ts';
import type { Failure } from './database-schema.ts';
import type { DatabaseTransaction, Store } from './open-store.ts';
import type { SlotRow, SweepSnapshot, TrainingState, TrialRow } from './sweep-snapshot.ts';
import type { TrainingRecordState } from './transitions.ts';

export interface SnapshotOptions {
  /** Trials read at most, best first; counts always cover all. */
  readonly trialLimit?: number;
}

/**
 * One consistent look at a sweep; takes no locks.
 * @throws SWEEP_NOT_FOUND
 */
export function readSweepSnapshot(store: Store, name: string, options: SnapshotOptions = {}): Promise<SweepSnapshot> {
  return store.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const sweep = await tx
        .selectFrom('sweeps')
        .leftJoin('theory_constants', 'theory_constants.theory_key', 'sweeps.theory_key')
        .selectAll('sweeps')
        .select('constants')
        .where('name', '=', name)
        .executeTakeFirst();
      if (sweep === undefined) throw sweepNotFound(name);
      const totals = await readTotals(tx, sweep.id);
      return {
        sweepId: sweep.id,
        name: sweep.name,
        state: sweep.state,
        desiredState: sweep.desired_state,
        definition: sweep.definition,
        trainer: sweep.trainer === 'simulated' ? 'simulated' : 'onnx',
        desiredParallelism: sweep.desired_parallelism,
        createdAt: sweep.created_at,
        finishedAt: sweep.finished_at,
        ...totals,
        stepsPerSecond: await readRate(tx, sweep.id),
        trials: await readTrials(tx, sweep, options.trialLimit ?? 500),
        slots: await readSlots(tx, sweep.id),
        recentEvents: (await readSweepEvents(tx, sweep.id, 8)).map(({ at, kind, text }) => ({ at, kind, text })),
      };
    });
}

/** The state that people see: an active training is waiting, running or evaluating. */
const shownState: RawBuilder<TrainingState> = sql<TrainingState>`case
  when l.pruned then 'pruned'
  when l.released_at is not null and t.state = 'active' then 'cancelled'
  when l.open and t.state in ('active', 'succeeded') then coalesce((
    select case g.kind when 'train' then 'running' else 'evaluating' end
    from segments g where g.training_id = t.id and g.status = 'claimed' limit 1), 'waiting')
  when t.state = 'active' then 'waiting'
  else t.state::text end`;

async function readTotals(tx: DatabaseTransaction, sweepId: string) {
  const { rows } = await sql<{ state: TrainingState; count: number; reused: number; done: number; steps: number }>`
    select ${shownState} as state, count(*) as count, count(*) filter (where l.origin = 'reused') as reused,
      coalesce(sum(case when t.state in ('active', 'succeeded') then t.progress_step else t.total_steps end), 0) as done,
      coalesce(sum(t.total_steps), 0) as steps
    from sweep_trainings l join trainings t on t.id = l.training_id
    where l.sweep_id = ${sweepId} group by 1`.execute(tx);
  const countOf = (state: TrainingState) => rows.find((row) => row.state === state)?.count ?? 0;
  const sum = (pick: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + pick(row), 0);
  return {
    counts: {
      waiting: countOf('waiting'),
      running: countOf('running'),
      evaluating: countOf('evaluating'),
      succeeded: countOf('succeeded'),
      diverged: countOf('diverged'),
      out_of_memory: countOf('out_of_memory'),
      infeasible: countOf('infeasible'),
      crashed: countOf('crashed'),
      pruned: countOf('pruned'),
      cancelled: countOf('cancelled'),
      total: sum((row) => row.count),
      reused: sum((row) => row.reused),
    },
    stepsDone: sum((row) => row.done),
    stepsTotal: sum((row) => row.steps),
  };
}

/** Steps of the train segments that were begun in the last ten minutes, by the time since the first of them began. */
async function readRate(tx: DatabaseTransaction, sweepId: string): Promise<number | null> {
  const { rows } = await sql<{ rate: number | null }>`
    with recent as (
      select a.segment_id, min(a.started_at) as began from attempts a
      where a.started_at > now() - interval '10 minutes' and (a.ended_at is null or a.outcome in ('trained', 'released'))
      group by 1)
    select sum(greatest(0, least(t.progress_step, g.end_step) - coalesce((
        select max(p.end_step) from segments p
        where p.training_id = t.id and p.kind = 'train' and p.end_step < g.end_step), 0)))
      / nullif(extract(epoch from now() - min(r.began)), 0)::double precision as rate
    from recent r join segments g on g.id = r.segment_id and g.kind = 'train'
      join trainings t on t.id = g.training_id
      join sweep_trainings l on l.training_id = t.id and l.sweep_id = ${sweepId}`.execute(tx);
  return rows[0]?.rate ?? null;
}

interface TrialRecord {
  readonly trial: number;
  readonly training_id: string;
  readonly training_hash: string;
  readonly specification: TrainingSpecification;
  readonly evaluation: EvaluationConfiguration;
  readonly state: TrainingState;
  readonly reused: boolean;
  readonly progress_step: number;
  readonly total_steps: number;
  readonly latest_loss: number | null;
  readonly metrics: EvaluationMetrics | null;
  readonly train_seconds: number;
  readonly trainable_parameters: number | null;
  readonly numerics_class: string | null;
  readonly failure: Failure | null;
  readonly attempt_count: number;
  readonly record_state: TrainingRecordState;
}

async function readTrials(
  tx: DatabaseTransaction,
  sweep: {
    readonly id: string;
    readonly definition: SweepDefinition;
    readonly constants: TheoryConstants | null;
  },
  limit: number,
): Promise<TrialRow[]> {
  const objective = sweep.definition.objectives[0];
  const direction = sql.raw(objective?.direction === 'minimize' ? 'asc' : 'desc');
  const { rows } = await sql<TrialRecord>`
    select w.trial, t.id as training_id, t.training_hash, t.specification, e.configuration as evaluation,
      ${shownState} as state, l.origin = 'reused' as reused, t.progress_step, t.total_steps, t.latest_loss, e.metrics,
      t.train_seconds, t.trainable_parameters, t.numerics_class, t.failure, t.attempt_count, t.state as record_state
    from sweep_evaluations w
      join evaluations e on e.id = w.evaluation_id
      join trainings t on t.id = e.training_id
      join sweep_trainings l on l.training_id = t.id and l.sweep_id = w.sweep_id
    where w.sweep_id = ${sweep.id}
    order by (e.metrics ->> ${objective?.metric ?? 'accuracy'})::double precision ${direction} nulls last, w.trial
    limit ${limit}`.execute(tx);
  return rows.map((row) => toTrialRow(row, sweep.constants));
}

function toTrialRow(row: TrialRecord, constants: TheoryConstants | null): TrialRow {
  const { configuration } = row.specification;
  return {
    trial: row.trial,
    trainingId: row.training_id,
    trainingHash: row.training_hash,
    configuration,
    evaluation: row.evaluation,
    state: row.state,
    reused: row.reused,
    step: row.progress_step,
    totalSteps: row.total_steps,
    latestLoss: row.latest_loss,
    metrics: row.metrics,
    complexity: constants === null ? null : complexity(configuration.dropout_rate, configuration.sparsity, constants),
    trainSeconds: row.train_seconds === 0 ? null : row.train_seconds,
    trainableParameters: row.trainable_parameters,
    numericsClass: row.numerics_class,
    failure: row.failure,
    attempts: row.attempt_count,
  };
}

interface SlotRecord {
  readonly worker_id: string;
  readonly host: string;
  readonly slots: number;
  readonly last_seen: Date;
  readonly running: readonly { trial: number; kind: 'train' | 'evaluate'; step: number; of: number }[] | null;
}

async function readSlots(tx: DatabaseTransaction, sweepId: string): Promise<SlotRow[]> {
  const { rows } = await sql<SlotRecord>`
    select k.id as worker_id, k.host, k.slots, k.last_seen, (
      select json_agg(json_build_object('trial', x.trial, 'kind', x.kind, 'step', x.step, 'of', x.total) order by x.key)
      from (
        select g.kind, t.progress_step as step, t.total_steps as total, g.slot_key as key, (
          select min(w.trial) from evaluations e join sweep_evaluations w on w.evaluation_id = e.id
          where e.training_id = t.id and w.sweep_id = ${sweepId}) as trial
        from segments g join trainings t on t.id = g.training_id
        where g.worker_id = k.id and g.status = 'claimed') x
      where x.trial is not null) as running
    from workers k
    where k.slots > 0 and k.ended_at is null and k.last_seen > now() - interval '30 seconds'
    order by k.host, k.started_at`.execute(tx);
  return rows.flatMap((worker) =>
    Array.from({ length: Math.max(worker.slots, worker.running?.length ?? 0) }, (_, slot) => ({
      workerId: worker.worker_id,
      host: worker.host,
      slot: String(slot),
      running: worker.running?.[slot] ?? null,
      lastSeen: worker.last_seen,
    })),
  );
}

export interface SweepEventRow {
  readonly id: number;
  readonly at: Date;
  readonly kind: string;
  readonly trainingHash: string | null;
  readonly text: string;
}

/** Newest last: of the sweep itself and of the trainings that it waits or waited for, since its launch. */
export async function readSweepEvents(
  db: Pick<DatabaseTransaction, 'getExecutor'>,
  sweepId: string,
  limit: number,
): Promise<SweepEventRow[]> {
  const { rows } = await sql<{
    id: number;
    at: Date;
    kind: string;
    hash: string | null;
    detail: Record<string, unknown>;
  }>`
    select v.id, v.created_at as at, v.kind, t.training_hash as hash, v.detail
    from sweep_events v left join trainings t on t.id = v.training_id
    where v.sweep_id = ${sweepId} or (
      v.training_id in (select training_id from sweep_trainings where sweep_id = ${sweepId})
      and v.created_at >= (select created_at from sweeps where id = ${sweepId}))
    order by v.id desc limit ${limit}`.execute(db);
  return rows
    .map((row) => ({ id: row.id, at: row.at, kind: row.kind, trainingHash: row.hash, text: describe(row) }))
    .reverse();
}

function describe(row: { kind: string; hash: string | null; detail: Record<string, unknown> }): string {
  const facts = Object.entries(row.detail)
    .filter(([name]) => name !== 'kind')
    .map(([name, value]) => `${name} ${factText(value)}`);
  const what = row.kind.replaceAll('_', ' ');
  return [row.hash === null ? what : `${what} (training ${row.hash.slice(0, 8)})`, ...facts].join(', ');
}

function factText(value: unknown): string {
  if (typeof value === 'string') return value.split('\n')[0] ?? '';
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(4)));
  return JSON.stringify(value);
}

/** What a training was planned with. */
export async function readSpecification(store: Store, trainingId: string): Promise<TrainingSpecification> {
  const row = await store.db
    .selectFrom('trainings')
    .select('specification')
    .where('id', '=', trainingId)
    .executeTakeFirstOrThrow();
  return row.specification;
}

/** The newest checkpoint of a training; null: none yet. */
export function readCheckpoint(store: Store, trainingId: string): Promise<CheckpointReference | null> {
  return newestCheckpoint(store.db, trainingId, { toStep: 2 ** 31 - 1 });
}
