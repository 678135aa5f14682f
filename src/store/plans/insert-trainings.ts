import { sql } from 'kysely';
import { canonicalJson } from '../../base/canonical-json.ts';
import { sha256 } from '../../base/sha256.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import { bundleKey } from '../../sweep/packing.ts';
import type { PlannedEvaluation, PlannedTraining } from '../../sweep/sweep-definition.ts';
import type { Database, DatabaseTransaction } from '../database/open-store.ts';
import { letGo } from '../segments/let-go.ts';
import { settleTrainings } from '../segments/settle-trainings.ts';

export interface InsertableTraining extends PlannedTraining {
  /** Number of the trial that its first evaluation is. */
  readonly firstTrial: number;
}

/** How long whoever inserts may take for a block: after it somebody else goes on. Two at once do no harm. */
export const insertingMs = 15_000;

/** The number of the trial that comes after those that a sweep has. */
export async function nextTrial(tx: DatabaseTransaction, sweepId: string): Promise<number> {
  const { rows } = await sql<{ next: number }>`
    select coalesce(max(trial), 0) + 1 as next from sweep_evaluations where sweep_id = ${sweepId}`.execute(tx);
  return rows[0]?.next ?? 1;
}

/** Prepared statements are planned by the tables' statistics: as they were before many rows came, they mislead. */
export async function refreshStatistics(db: Database | DatabaseTransaction): Promise<void> {
  await sql`analyze trainings, sweep_trainings, segments, evaluations, sweep_evaluations, sweep_set_evaluations`.execute(
    db,
  );
}

/** Numbers the trials of trainings that follow one another. */
export function numberTrials(trainings: readonly PlannedTraining[], first = 1): readonly InsertableTraining[] {
  let next = first;
  return trainings.map((training) => {
    const firstTrial = next;
    next += training.evaluations.length;
    return { ...training, firstTrial };
  });
}

/**
 * Inserts some trainings of a sweep with their links, segments and evaluations, in one transaction; idempotent.
 * @returns ids of those that were there before, from which results may be known already
 */
export async function insertTrainings(
  tx: DatabaseTransaction,
  sweepId: string,
  block: readonly InsertableTraining[],
): Promise<{ readonly reused: readonly string[] }> {
  const cancelled = await isOver(tx, sweepId);
  const hashes = block.map((training) => training.training_hash);
  const { rows: inserted } = await sql<{ training_hash: string }>`
    insert into trainings (training_hash, specification, trainer, trainer_version, total_steps, bundle_key)
    select * from unnest(${hashes}::text[], ${block.map(({ specification }) => JSON.stringify(specification))}::jsonb[],
      ${block.map(({ specification }) => specification.trainer)}::text[],
      ${block.map(({ specification }) => specification.trainer_version)}::text[],
      ${block.map(({ specification }) => specification.total_steps)}::integer[],
      ${block.map(({ specification }) => (traitsOf(specification.trainer).base ? bundleKey(specification) : null))}::text[])
      as t (hash, specification, trainer, trainer_version, total_steps, bundle_key)
    order by hash
    on conflict (training_hash) do nothing returning training_hash`.execute(tx);
  const fresh = new Set(inserted.map((row) => row.training_hash));
  const found = await tx
    .selectFrom('trainings')
    .select(['id', 'training_hash'])
    .where(sql<boolean>`training_hash = any(${hashes}::text[])`)
    .orderBy('training_hash')
    .forUpdate()
    .execute();
  const idOf = new Map(found.map((row) => [row.training_hash, row.id]));
  await linkBlock(tx, { sweepId, wanted: !cancelled }, block, idOf);
  await insertSegments(tx, block, idOf);
  await insertEvaluations(tx, sweepId, block, idOf);
  await settleTrainings(tx, [...idOf.values()]);
  if (cancelled) await letGo(tx, [...idOf.values()], 'cancelled');
  const last = block.at(-1)?.ordinal ?? 0;
  await sql`
    update sweeps set inserted_trainings = greatest(inserted_trainings, ${last + 1}),
      inserting_until = now() + ${insertingMs} * interval '1 millisecond'
    where id = ${sweepId}`.execute(tx);
  return { reused: found.filter((row) => !fresh.has(row.training_hash)).map((row) => row.id) };
}

/**
 * Locks the sweep: a cancel, or the budget's end, comes before the block, and is heeded, or after it, and finds its
 * links.
 */
async function isOver(tx: DatabaseTransaction, sweepId: string): Promise<boolean> {
  const sweep = await tx
    .selectFrom('sweeps')
    .select(['desired_state', 'halted'])
    .where('id', '=', sweepId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return sweep.desired_state === 'cancelled' || sweep.halted !== null;
}

/** A training that was finished before is reused; one that another sweep has still to finish is this one's too. */
async function linkBlock(
  tx: DatabaseTransaction,
  { sweepId, wanted }: { readonly sweepId: string; readonly wanted: boolean },
  block: readonly PlannedTraining[],
  idOf: ReadonlyMap<string, string>,
): Promise<void> {
  const links = block.map((training) => ({
    training_id: idOf.get(training.training_hash),
    ordinal: training.ordinal,
    rung_steps: training.rung_steps,
    held: training.repeat?.held === true,
  }));
  await sql`
    insert into sweep_trainings (sweep_id, training_id, ordinal, origin, rung_steps, allowed_step, open,
      released_at)
    select ${sweepId}, l.training_id, l.ordinal,
      (case when t.state = 'succeeded' then 'reused' else 'new' end)::training_origin, l.rung_steps,
      case when l.held then -1 else greatest(l.rung_steps[1], t.step) end, ${wanted}, case when ${wanted} then null else now() end
    from jsonb_to_recordset(${JSON.stringify(links)}::jsonb)
      as l (training_id uuid, ordinal integer, rung_steps integer[], held boolean) join trainings t on t.id = l.training_id
    on conflict (sweep_id, training_id) do update set open = excluded.open and not sweep_trainings.pruned,
      released_at = case when sweep_trainings.pruned then sweep_trainings.released_at else excluded.released_at end`.execute(
    tx,
  );
  // Another sweep had let go of it: it goes on from where it stands.
  await sql`
    update trainings set state = 'active', finished_at = null
    where id = any(${[...idOf.values()]}::uuid[]) and state in ('cancelled', 'pruned')
      and exists (select 1 from sweep_trainings l where l.training_id = trainings.id and l.open)`.execute(tx);
}

/** Where a training is stopped to be looked at, ascending; the last is its end. */
function segmentEnds({ rung_steps: rungs, stop_steps: stops = [] }: PlannedTraining): readonly number[] {
  return [...new Set([...rungs, ...stops])].sort((a, b) => a - b);
}

/** Identity of an evaluation before the training's end. @param hash of the same evaluation at its end */
export function hashAtStep(hash: string, step: number): string {
  return sha256(`${hash}@${step}`);
}

async function insertSegments(
  tx: DatabaseTransaction,
  block: readonly PlannedTraining[],
  idOf: ReadonlyMap<string, string>,
): Promise<void> {
  const segments = block.flatMap((training) =>
    segmentEnds(training).flatMap((end_step) =>
      ['train', 'evaluate'].map((kind) => ({ training_id: idOf.get(training.training_hash), kind, end_step })),
    ),
  );
  await sql`
    insert into segments (training_id, kind, end_step, status)
    select training_id, kind, end_step, 'blocked'
    from jsonb_to_recordset(${JSON.stringify(segments)}::jsonb)
      as s (training_id uuid, kind segment_kind, end_step integer)
    on conflict (training_id, kind, end_step) do nothing`.execute(tx);
}

async function insertEvaluations(
  tx: DatabaseTransaction,
  sweepId: string,
  block: readonly InsertableTraining[],
  idOf: ReadonlyMap<string, string>,
): Promise<void> {
  const rows = block.flatMap((training) => {
    const training_id = idOf.get(training.training_hash);
    const row = (evaluation: PlannedEvaluation, at_step: number) => ({
      training_id,
      at_step,
      evaluation_hash: evaluation.evaluation_hash,
      configuration: evaluation.configuration,
      dataset_hash: evaluation.dataset.hash,
      dataset_rows: evaluation.dataset.rows,
      member_key: memberKey(evaluation),
    });
    const total = training.rung_steps.at(-1) ?? 0;
    const final = training.evaluations.map((evaluation, index) => ({
      ...row(evaluation, total),
      trial: training.firstTrial + index,
      set_name: null,
    }));
    const sets = (training.sets ?? []).map(({ evaluation, beside, set }) => ({
      ...row(evaluation, total),
      trial: training.firstTrial + beside,
      set_name: set,
    }));
    const first = training.evaluations[0];
    if (first === undefined) return final;
    const rungs = segmentEnds(training)
      .slice(0, -1)
      .map((step) => ({
        ...row(first, step),
        evaluation_hash: hashAtStep(first.evaluation_hash, step),
        trial: null,
        set_name: null,
      }));
    return [...rungs, ...final, ...sets];
  });
  await sql`
    with wanted as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as e (training_id uuid, at_step integer,
        evaluation_hash text, configuration jsonb, dataset_hash text, dataset_rows integer, member_key text, trial integer,
        set_name text)
    ), inserted as (
      insert into evaluations
        (evaluation_hash, training_id, at_step, configuration, dataset_hash, dataset_rows, member_key, status)
      select distinct on (evaluation_hash) evaluation_hash, w.training_id, at_step, configuration, dataset_hash,
        dataset_rows, member_key,
        (case when t.state in ('active', 'succeeded') then 'pending' else 'failed' end)::evaluation_status
      from wanted w join trainings t on t.id = w.training_id order by evaluation_hash
      on conflict (evaluation_hash) do update set dataset_rows = excluded.dataset_rows
      returning id, evaluation_hash
    ), beside as (
      insert into sweep_set_evaluations (sweep_id, trial, set_name, evaluation_id)
      select ${sweepId}, w.trial, w.set_name, i.id from inserted i join wanted w using (evaluation_hash)
      where w.set_name is not null
      on conflict (sweep_id, trial, set_name) do nothing
    )
    insert into sweep_evaluations (sweep_id, evaluation_id, trial)
    select ${sweepId}, i.id, w.trial from inserted i join wanted w using (evaluation_hash)
    where w.trial is not null and w.set_name is null
    on conflict (sweep_id, evaluation_id) do nothing`.execute(tx);
}

/** Evaluations of one key share their members: M = 8 finds those of M = 4, whatever is averaged. */
function memberKey({ configuration, dataset }: PlannedEvaluation): string {
  const { split, mode, dropout_rate, mask_seed, task, max_length } = configuration;
  return sha256(canonicalJson({ split, mode, dropout_rate, mask_seed, task, max_length, dataset: dataset.hash }));
}
