import { sql } from 'kysely';
import type { CheckpointReference } from '../../sweep/segment.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import type { TrainerKind, TrainingSpecification } from '../../sweep/vocabulary.ts';
import { trainerNamed } from '../../sweep/trainer-traits.ts';
import { allowFolding } from './configurations/allow-folding.ts';
import { sweepNotFound } from '../commands.ts';
import { readSweepEvents } from './sweep-events.ts';
import { type Database, type DatabaseTransaction, look, lookOnce, type Store } from '../database/open-store.ts';
import type { SweepSnapshot, TrainingState, TrialPage, TrialRow, TrialSort } from './sweep-snapshot.ts';
import { makeScheduler } from '../../search/schedulers/schedulers.ts';
import { readSavedSeconds } from './saved-seconds.ts';
import { readSlots } from './slot-rows.ts';
import { countTrials, readTrials, shownState, trialsInTurn, type TrialsOf } from './trials/sweep-trials.ts';
import { readSweepTradeoff } from './tradeoff/sweep-tradeoff.ts';

export interface SnapshotOptions {
  /** Trials read at most; counts always cover all. */
  readonly trialLimit?: number;
  /** Which trials are read of a sweep that has more: absent, the best by the first objective. */
  readonly page?: TrialPage;
  /** Trials and where they lie, of a sweep that has more than the limit, are not read at all. */
  readonly onlyWhole?: boolean;
  /** Where all configurations lie, and the front, beside a page of trials; absent: read with a page of more than one. */
  readonly points?: boolean;
  /** What its scheduler saved is read of all trainings, where there is something to say of it. */
  readonly savings?: boolean;
}

const wholeUpTo = 500;

/**
 * One consistent look at a sweep; takes no locks.
 * @throws SWEEP_NOT_FOUND
 */
export function readSweepSnapshot(store: Store, name: string, options: SnapshotOptions = {}): Promise<SweepSnapshot> {
  return look(store, async (tx) => {
    const sweep = await findSweep(tx, name);
    const saves = options.savings === true && makeScheduler(sweep.definition.scheduler).sentence !== undefined;
    return {
      ...(await readOverview(tx, sweep)),
      ...(await readShownTrials(tx, sweep, options)),
      ...(saves ? { savedSeconds: await readSavedSeconds(tx, sweep.id) } : {}),
    };
  });
}

/** One trial of a sweep by its number; null: there is no such trial. @throws SWEEP_NOT_FOUND */
export function readTrial(store: Store, name: string, number: number): Promise<TrialOfSweep> {
  return look(store, async (tx) => {
    const sweep = await findSweep(tx, name);
    const sort = { by: 'trial', name: '', direction: 'minimize' } as const;
    const [trial = null] = await readTrials(tx, sweep, { sort, offset: number - 1 }, 1);
    const { id: sweepId, trial_count: trialCount, trainer, definition } = sweep;
    return { sweepId, name, trainer: trainerNamed(trainer), definition, trialCount, trial };
  });
}

/** A trial, null where there is none of its number, and what of its sweep it is read with. */
export interface TrialOfSweep
  extends Pick<SweepSnapshot, 'sweepId' | 'name' | 'trainer' | 'definition' | 'trialCount'> {
  readonly trial: TrialRow | null;
}

/** Few enough that what is made of them is young when it is thrown away. */
const inTurn = 1_000;

/**
 * One consistent look at a sweep whose trials come by and by, in the order of their numbers, so that they are never all
 * in memory. The snapshot has none of them.
 * @param body is given all trials anew each time that it asks for them
 * @param size trials at a time
 * @throws SWEEP_NOT_FOUND
 */
export function readTrialsInTurn<Result>(
  store: Store,
  name: string,
  body: (snapshot: SweepSnapshot, trials: () => AsyncIterable<readonly TrialRow[]>) => Promise<Result>,
  size = inTurn,
): Promise<Result> {
  return lookOnce(store, async (tx) => {
    const sweep = await findSweep(tx, name);
    const snapshot = { ...(await readOverview(tx, sweep)), trials: [], trialCount: sweep.trial_count };
    const numericsClasses = await readNumericsClasses(tx, sweep.id);
    return body({ ...snapshot, numericsClasses }, () => trialsInTurn(tx, sweep, size));
  });
}

export async function findSweep(tx: DatabaseTransaction, name: string) {
  const sweep = await tx
    .selectFrom('sweeps')
    .leftJoin('theory_constants', 'theory_constants.theory_key', 'sweeps.theory_key')
    // Not all: the frozen plan of a large sweep is megabytes, which nobody looks at here.
    .select(['sweeps.id', 'name', 'state', 'desired_state', 'draining', 'definition', 'trainer', 'desired_parallelism'])
    .select(['priority', 'halted', 'sweeps.created_at', 'finished_at', 'trial_count', 'constants'])
    .select(['planned_trainings', 'inserted_trainings', 'searching'])
    .where('name', '=', name)
    .executeTakeFirst();
  if (sweep === undefined) throw await sweepNotFound(tx, name);
  return sweep;
}

export async function readOverview(
  tx: DatabaseTransaction,
  sweep: Awaited<ReturnType<typeof findSweep>>,
): Promise<Omit<SweepSnapshot, 'trials' | 'trialCount'>> {
  await allowFolding(tx);
  const totals = await readTotals(tx, sweep.id);
  return {
    sweepId: sweep.id,
    name: sweep.name,
    state: sweep.state,
    desiredState: sweep.desired_state,
    draining: sweep.draining,
    halted: sweep.halted,
    definition: sweep.definition,
    trainer: trainerNamed(sweep.trainer),
    desiredParallelism: sweep.desired_parallelism,
    priority: sweep.priority,
    createdAt: sweep.created_at,
    finishedAt: sweep.finished_at,
    ...totals,
    ...stillPlanned(sweep, totals),
    // Nothing is done for a sweep that has ended.
    stepsPerSecond: sweep.state === 'completed' || sweep.state === 'cancelled' ? null : await readRate(tx, sweep.id),
    slots: await readSlots(tx, sweep.id),
    recentEvents: (await readSweepEvents(tx, { sweepId: sweep.id, limit: 8 })).map(({ at, kind, text }) => ({
      at,
      kind,
      text,
    })),
  };
}

/** While a launch still records trainings: how many there will be, and their steps, as if the others were like these. */
function stillPlanned(
  { planned_trainings: planned, inserted_trainings: recorded, searching }: Awaited<ReturnType<typeof findSweep>>,
  { counts: { total }, stepsTotal }: Pick<SweepSnapshot, 'counts' | 'stepsTotal'>,
): Pick<SweepSnapshot, 'planned'> & Partial<Pick<SweepSnapshot, 'stepsTotal'>> {
  if (searching || recorded >= planned || total >= planned) return {};
  return { planned, ...(total === 0 ? {} : { stepsTotal: Math.round((stepsTotal / total) * planned) }) };
}

/** All of a small sweep's trials; of a larger one a page, and where all of them lie. */
async function readShownTrials(
  tx: DatabaseTransaction,
  sweep: TrialsOf & { readonly trial_count: number },
  { trialLimit: limit = wholeUpTo, page: asked, points: wanted = limit > 1, onlyWhole = false }: SnapshotOptions,
): Promise<Pick<SweepSnapshot, 'trials' | 'trialCount' | 'tradeoff' | 'frontCandidates' | 'page' | 'matching'>> {
  const trialCount = sweep.trial_count;
  const page = asked ?? { sort: firstSort(sweep), offset: 0 };
  if (onlyWhole && trialCount > limit) return { trials: [], trialCount, page: { ...page, offset: 0 } };
  const filtered = page.filter === undefined ? {} : { matching: await countTrials(tx, sweep, page.filter) };
  const offset = Math.max(0, Math.min(page.offset, (filtered.matching ?? trialCount) - limit));
  const trials = await readTrials(tx, sweep, { ...page, offset }, limit);
  if (page.filter === undefined && trials.length === trialCount) return { trials, trialCount };
  return {
    trials,
    trialCount,
    page: { ...page, offset },
    ...filtered,
    ...(wanted ? await readSweepTradeoff(tx, sweep) : {}),
  };
}

function firstSort({ definition: { objectives } }: TrialsOf): TrialSort {
  const [objective] = objectives;
  if (objective === undefined) return { by: 'trial', name: '', direction: 'minimize' };
  return { by: 'metric', name: objective.metric, direction: objective.direction };
}

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
      collapsed: await readCollapsed(tx, sweepId),
    },
    stepsDone: sum((row) => row.done),
    stepsTotal: sum((row) => row.steps),
  };
}

/** Trainings of which an evaluation found that they give one class alone. */
async function readCollapsed(tx: DatabaseTransaction, sweepId: string): Promise<number> {
  const { rows } = await sql<{ collapsed: number }>`
    select count(distinct e.training_id) as collapsed
    from sweep_evaluations w join evaluations e on e.id = w.evaluation_id
    where w.sweep_id = ${sweepId} and e.metrics ->> 'collapsed' = 'true'`.execute(tx);
  return rows[0]?.collapsed ?? 0;
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

/** The classes that the trainings of a sweep ran in. */
export async function readNumericsClasses(db: Database, sweepId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ numerics_class: string }>`
    select distinct t.numerics_class from sweep_trainings l join trainings t on t.id = l.training_id
    where l.sweep_id = ${sweepId} and t.numerics_class is not null`.execute(db);
  return rows.map(({ numerics_class: name }) => name);
}

/** Reads the definition that a sweep was launched with. @throws SWEEP_NOT_FOUND */
export async function readDefinition(store: Store, name: string): Promise<SweepDefinition> {
  const row = await store.db.selectFrom('sweeps').select('definition').where('name', '=', name).executeTakeFirst();
  if (row === undefined) throw await sweepNotFound(store.db, name);
  return row.definition;
}

/** The trainer that a sweep was launched with. */
export async function readTrainer(store: Store, sweepId: string): Promise<TrainerKind> {
  const sweep = store.db.selectFrom('sweeps').select('trainer').where('id', '=', sweepId);
  return trainerNamed((await sweep.executeTakeFirstOrThrow()).trainer);
}

/** Reads the specification that a training was planned with. */
export async function readSpecification(store: Store, trainingId: string): Promise<TrainingSpecification> {
  const row = await store.db
    .selectFrom('trainings')
    .select('specification')
    .where('id', '=', trainingId)
    .executeTakeFirstOrThrow();
  return row.specification;
}

/** The newest checkpoint of a training: of its greatest step and, there, of the newest lease epoch; null: none yet. */
export async function readCheckpoint(store: Store, trainingId: string): Promise<CheckpointReference | null> {
  const row = await store.db
    .selectFrom('checkpoints')
    .select(['store_id as storeId', 'uri', 'step', 'sha256', 'bytes'])
    .where('training_id', '=', trainingId)
    .orderBy('step', 'desc')
    .orderBy('epoch', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
