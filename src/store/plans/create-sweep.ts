import { sql } from 'kysely';
import type { SweepDefinition, SweepPlan } from '../../sweep/sweep-definition.ts';
import { learnedFacts, learnsFrom } from '../../search/fold/learned-facts.ts';
import { formerResults } from '../search/former-results.ts';
import { openingFacts } from '../../search/fold/opening-facts.ts';
import { searchNeeds } from '../../search/fold/search-state.ts';
import { advanceSearch } from '../search/advance-search.ts';
import { extendSweep } from './extend-sweep.ts';
import { frozenColumns, plannedOf } from './frozen-plan.ts';
import { handOverTrainings, recordFirstBlock, recordTrainings } from './record-trainings.ts';
import { type DatabaseTransaction, type Store, transact } from '../database/open-store.ts';
import { isSameSweep } from '../../sweep/identity.ts';
import type { SweepCommand } from '../commands.ts';
import { writeSweepEvent } from '../segments/settle-trainings.ts';
import { settingsOfFile, takeSettings } from './settings-of-file.ts';

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
  /** What does not come with the sweep itself is left to control workers; absent: all of it is recorded here. */
  readonly handOver?: boolean;
}

export type CreateSweepResult =
  | {
      readonly kind: 'created' | 'attached' | 'extended';
      readonly sweepId: string;
      /** Trainings that are not recorded yet. */
      readonly left: number;
      /** Of a sweep that was to be extended: what its file sets otherwise than the file before it. */
      readonly set: readonly SweepCommand[];
      /** Of a sweep that was to be launched, and is there: what its file would set, and did not. */
      readonly unset: readonly SweepCommand[];
      /** Of a sweep that was extended: trainings that the file adds to those that it had, at most. */
      readonly added?: number;
    }
  | { readonly kind: 'conflict'; readonly sweepId: string; readonly existing: SweepDefinition };

/**
 * Records a sweep and its trainings, in blocks. Two callers at once make one sweep; one that dies half-way is finished
 * by the next caller, or by a control worker.
 */
export async function createSweep(store: Store, request: CreateSweepRequest): Promise<CreateSweepResult> {
  const { plan, progress, handOver = false } = request;
  const {
    id: sweepId,
    kind,
    existing,
    set = [],
    unset = [],
    added,
  } = await transact(store, (tx) => findOrInsert(tx, request));
  if (kind === 'conflict') return { kind, sweepId, existing };
  // What an extension numbers anew is there when it returns.
  if (handOver && kind !== 'extended')
    return { kind, sweepId, set, unset, left: await handOverTrainings(store, sweepId) };
  // What a search that adapts begins with its log has recorded: it may have learned since the plan was made.
  const planned = kind === 'created' && plan.adaptive_trainings === undefined ? { planned: plan.trainings } : {};
  await recordTrainings(store, sweepId, { ...planned, ...(progress === undefined ? {} : { progress }) });
  return { kind, sweepId, set, unset, left: 0, ...(added === undefined ? {} : { added }) };
}

interface Found {
  readonly id: string;
  readonly kind: CreateSweepResult['kind'];
  readonly existing: SweepDefinition;
  readonly set?: readonly SweepCommand[];
  readonly unset?: readonly SweepCommand[];
  readonly added?: number;
}

async function findOrInsert(tx: DatabaseTransaction, request: CreateSweepRequest): Promise<Found> {
  const { plan } = request;
  await sql`select pg_advisory_xact_lock(hashtextextended(${plan.definition.name}, 0))`.execute(tx);
  const before = await tx
    .selectFrom('sweeps')
    .select(['id', 'canonical_hash', 'definition', 'frozen_plan', 'inputs', 'former_stages', 'desired_state'])
    .select(['desired_parallelism', 'priority', 'listens', 'state', 'draining'])
    .where('name', '=', plan.definition.name)
    .$if(request.extend === true, (query) => query.forUpdate())
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
    await openLog(tx, id, plan);
    if (plan.adaptive_trainings === undefined) {
      const { listens } = searchNeeds(plan.definition);
      await recordFirstBlock(tx, { id, listens }, plan.trainings);
    }
    return { id, kind: 'created', existing: plan.definition };
  }
  const recorded = { definition: before.definition, inputs: before.inputs };
  if (before.canonical_hash === plan.canonical_hash || isSameSweep(recorded, plan)) {
    const attached = { id: before.id, kind: 'attached', existing: before.definition } as const;
    return request.extend === true
      ? { ...attached, set: await takeSettings(tx, before, plan.definition) }
      : { ...attached, unset: settingsOfFile(before.definition, plan.definition) };
  }
  const set = settingsOfFile(before.definition, plan.definition);
  const added = request.extend === true ? await extendSweep(tx, before, plan, request) : null;
  const found = { id: before.id, existing: before.definition, set };
  return added === null ? { ...found, kind: 'conflict' } : { ...found, kind: 'extended', added };
}

/** Tells a search its first facts; one that adapts answers with its first points. */
async function openLog(tx: DatabaseTransaction, id: string, { definition, trainings }: SweepPlan): Promise<void> {
  if (!searchNeeds(definition).listens) return;
  const results = await formerResults(tx, definition, learnsFrom(definition));
  await advanceSearch(tx, id, ({ state }) => [
    ...learnedFacts(definition, results, state.learned),
    ...openingFacts(definition, trainings),
  ]);
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
