import { sql } from 'kysely';
import type { PlannedTrainings, SweepDefinition, SweepPlan } from '../../sweep/sweep-definition.ts';
import { learnedFacts, learnsFrom } from '../../search/fold/learned-facts.ts';
import { formerResults } from '../search/former-results.ts';
import { openingFacts } from '../../search/fold/opening-facts.ts';
import { searchNeeds } from '../../search/fold/search-state.ts';
import { advanceSearch, applyDecided, reportReached } from '../search/advance-search.ts';
import { lockSearch, stagesOf } from '../search/search-log.ts';
import { extendedPlan, inFormerOrder } from './extend-plan.ts';
import { freezePlan, thawPlan } from './frozen-plan.ts';
import { insertTrainings, nextTrial, numberTrials } from './insert-trainings.ts';
import { type DatabaseTransaction, type Store, transact } from '../database/open-store.ts';
import { isSameSweep } from '../../sweep/identity.ts';
import { finishSweeps, writeSweepEvent } from '../segments/settle-trainings.ts';

/** Frozen rows as src/data makes them: gzip'd canonical JSON lines. */
export interface FrozenDataset {
  readonly hash: string;
  readonly rows: number;
  readonly content: Uint8Array;
}

export interface CreateSweepRequest {
  readonly plan: SweepPlan;
  readonly datasets: readonly FrozenDataset[];
  /** Who, host, versions: shown in every export. */
  readonly launchedBy: Readonly<Record<string, string>>;
  /** Take a plan whose trainings contain those of the sweep of this name, and add what is new. */
  readonly extend?: boolean;
  /** An extended sweep that was paused stays so; absent: it goes on. */
  readonly staysPaused?: boolean;
  /** Told after each block how many of the planned trainings are recorded. */
  readonly progress?: (recorded: number, planned: number) => void;
}

export type CreateSweepResult =
  | { readonly kind: 'created' | 'attached' | 'extended'; readonly sweepId: string; readonly reused: number }
  | { readonly kind: 'conflict'; readonly sweepId: string; readonly existing: SweepDefinition };

const blockSize = 1_000;
/**
 * The first is recorded with its sweep, and is worked on while the others come: enough for many slots, and soon there.
 */
const firstBlockSize = 200;

/**
 * Records a sweep and its trainings, in blocks. Two callers at once make one sweep; one that dies half-way is finished
 * by the next caller, or by `finishInserting`.
 */
export async function createSweep(store: Store, request: CreateSweepRequest): Promise<CreateSweepResult> {
  const { plan } = request;
  const { id, kind, existing } = await transact(store, (tx) => findOrInsert(tx, request));
  if (kind === 'conflict') return { kind, sweepId: id, existing };
  await finishInserting(store, id, request.progress, kind === 'created' ? plan.trainings : undefined);
  const { count } = await store.db
    .selectFrom('sweep_trainings')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('sweep_id', '=', id)
    .where('origin', '=', 'reused')
    .where('ordinal', '<', Math.max(plan.trainings.length, plan.adaptive_trainings ?? 0))
    .executeTakeFirstOrThrow();
  return { kind, sweepId: id, reused: count };
}

interface Found {
  readonly id: string;
  readonly kind: CreateSweepResult['kind'];
  readonly existing: SweepDefinition;
}

async function findOrInsert(tx: DatabaseTransaction, request: CreateSweepRequest): Promise<Found> {
  let { plan } = request;
  await sql`select pg_advisory_xact_lock(hashtextextended(${plan.definition.name}, 0))`.execute(tx);
  const before = await tx
    .selectFrom('sweeps')
    .select(['id', 'canonical_hash', 'definition', 'frozen_plan', 'inputs', 'former_stages', 'desired_state'])
    .where('name', '=', plan.definition.name)
    .executeTakeFirst();
  for (const dataset of request.datasets) {
    await tx
      .insertInto('datasets')
      .values({ hash: dataset.hash, row_count: dataset.rows, content: Buffer.from(dataset.content) })
      .onConflict((conflict) => conflict.column('hash').doNothing())
      .execute();
  }
  if (before === undefined) {
    const id = await insertSweep(tx, request);
    await openLog(tx, id, plan, learnsFrom(plan.definition));
    if (plan.adaptive_trainings === undefined) {
      const { listens } = searchNeeds(plan.definition);
      await insertBlock(tx, { id, listens }, plan.trainings, firstBlockSize);
    }
    return { id, kind: 'created', existing: plan.definition };
  }
  const recorded = { definition: before.definition, inputs: before.inputs };
  if (before.canonical_hash === plan.canonical_hash || isSameSweep(recorded, plan)) {
    return { id: before.id, kind: 'attached', existing: before.definition };
  }
  plan = { ...plan, definition: inFormerOrder(plan.definition, before.definition) };
  const merged = request.extend === true ? await extendedPlan(tx, before, plan) : null;
  if (merged === null) return { id: before.id, kind: 'conflict', existing: before.definition };
  const state = request.staysPaused === true && before.desired_state === 'paused' ? 'paused' : 'running';
  await tx
    .updateTable('sweeps')
    .set({
      ...frozenColumns(merged),
      former_stages: JSON.stringify(stagesOf(before)),
      state,
      desired_state: state,
      finished_at: null,
      halted: null,
      inserted_trainings: 0,
      ...searchNeeds(plan.definition),
    })
    .where('id', '=', before.id)
    .execute();
  // Trials are numbered anew: the old trainings come first, so theirs change only where evaluations were added.
  await tx.deleteFrom('sweep_evaluations').where('sweep_id', '=', before.id).execute();
  await tx.deleteFrom('sweep_set_evaluations').where('sweep_id', '=', before.id).execute();
  await writeSweepEvent(tx, { sweepId: before.id, kind: 'extended', detail: { trainings: plannedOf(merged) } });
  const adapts = plan.adaptive_trainings !== undefined;
  const reused = adapts ? (await insertTrainings(tx, before.id, numberTrials([...merged.trainings]))).reused : [];
  const known = learnsFrom(before.definition);
  const news = learnsFrom(plan.definition).filter((name) => !known.includes(name));
  await openLog(tx, before.id, merged, news);
  // Another sweep may have trained further seeds of its points.
  await reportReached(tx, before.id, reused);
  return { id: before.id, kind: 'extended', existing: before.definition };
}

/** Tells a search its first facts, and after an extension anew; one that adapts answers with its first points. */
async function openLog(
  tx: DatabaseTransaction,
  id: string,
  { definition, trainings }: SweepPlan,
  former: readonly string[],
): Promise<void> {
  if (searchNeeds(definition).listens) {
    const results = await formerResults(tx, definition, former);
    await advanceSearch(tx, id, ({ state }) => [
      ...learnedFacts(definition, results, state.learned),
      ...openingFacts(definition, trainings),
    ]);
  }
}

function plannedOf({ trainings, adaptive_trainings: most }: SweepPlan): number {
  return most ?? trainings.length;
}

/** The frozen plan of a sweep: the points that were suggested at once. Later ones are in the search's log. */
function frozenColumns(plan: SweepPlan) {
  return {
    canonical_hash: plan.canonical_hash,
    definition: JSON.stringify(plan.definition),
    inputs: JSON.stringify(plan.inputs),
    planned_trainings: plannedOf(plan),
    merged_points: plan.merged_points,
    trial_count: plan.trials,
    frozen_plan: freezePlan(plan.adaptive_trainings === undefined ? plan.trainings : []),
  };
}

async function insertSweep(tx: DatabaseTransaction, { plan, launchedBy }: CreateSweepRequest): Promise<string> {
  const { definition } = plan;
  const row = await tx
    .insertInto('sweeps')
    .values({
      ...frozenColumns(plan),
      ...searchNeeds(definition),
      name: definition.name,
      trainer: definition.trainer,
      desired_parallelism: definition.parallelism,
      priority: definition.priority,
      launched_by: JSON.stringify(launchedBy),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await writeSweepEvent(tx, {
    sweepId: row.id,
    kind: 'launched',
    detail: { trainings: plannedOf(plan) },
  });
  return row.id;
}

/**
 * Inserts the trainings of a sweep that are not there yet, block by block; idempotent. The record says how far it went,
 * whoever inserted: each block begins there, so that several at once do nothing twice.
 * @param planned what the sweep's frozen plan has, where it is at hand
 */
export async function finishInserting(
  store: Store,
  sweepId: string,
  progress?: CreateSweepRequest['progress'],
  planned?: PlannedTrainings,
): Promise<void> {
  const sweep = await store.db
    .selectFrom('sweeps')
    .select(['id', 'definition', 'inputs', 'former_stages', 'frozen_plan'])
    .select(['planned_trainings', 'inserted_trainings', 'listens'])
    .where('id', '=', sweepId)
    .executeTakeFirstOrThrow();
  if (sweep.inserted_trainings < sweep.planned_trainings) {
    const trainings = planned ?? thawPlan(sweep);
    for (let start = sweep.inserted_trainings; start < trainings.length; ) {
      const end = await transact(store, (tx) => insertBlock(tx, sweep, trainings, blockSize));
      if (isPowerOfTwo(Math.ceil((start + 1) / blockSize))) await refreshStatistics(store);
      progress?.(end, trainings.length);
      start = end;
    }
  }
  await transact(store, async (tx) => void (await finishSweeps(tx, [sweepId])));
}

/** Inserts the next trainings that the record has not. @returns how many it has then */
async function insertBlock(
  tx: DatabaseTransaction,
  { id, listens }: { readonly id: string; readonly listens: boolean },
  trainings: PlannedTrainings,
  size: number,
): Promise<number> {
  // What was decided of trainings that were not there is found, and nothing is decided of them meanwhile.
  if (listens) await lockSearch(tx, id);
  const { inserted_trainings: start } = await tx
    .selectFrom('sweeps')
    .select('inserted_trainings')
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const next = trainings.slice(start, start + size);
  if (next.length === 0) return trainings.length;
  const block = numberTrials(next, await nextTrial(tx, id));
  const { reused } = await insertTrainings(tx, id, block);
  if (listens) await applyDecided(tx, id, block);
  await reportReached(tx, id, reused);
  return start + next.length;
}

/** Sweeps whose trainings are not all recorded, and whose launcher has not been heard of for some time. */
export async function readBrokenLaunches({ db }: Store): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('sweeps')
    .select('id')
    .where('state', 'in', ['running', 'paused'])
    .where('desired_state', '<>', 'cancelled')
    .where('searching', '=', false)
    .whereRef('inserted_trainings', '<', 'planned_trainings')
    .where(sql<boolean>`coalesce(inserting_until < now(), true)`)
    .orderBy('priority', 'desc')
    .orderBy('created_at')
    .execute();
  return rows.map(({ id }) => id);
}

/** Prepared statements are planned by the tables' statistics: as they were before a bulk load, they mislead. */
async function refreshStatistics(store: Store): Promise<void> {
  await sql`analyze trainings, sweep_trainings, segments, evaluations, sweep_evaluations, sweep_set_evaluations`.execute(
    store.db,
  );
}

function isPowerOfTwo(count: number): boolean {
  return Number.isInteger(Math.log2(count));
}
