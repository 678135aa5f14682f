import { sql } from 'kysely';
import type { ResolvedInputs } from '../../sweep/sweep-definition.ts';
import type { TheoryConstants } from '../../train/process/trainer-protocol.ts';
import { sweepNotFound } from '../commands.ts';
import type { Store } from '../database/open-store.ts';
import type { SweepState } from './sweep-snapshot.ts';

export interface SweepListRow {
  readonly name: string;
  readonly sweepId: string;
  readonly state: SweepState;
  readonly trainer: string;
  readonly trainings: number;
  readonly finished: number;
  readonly failed: number;
  readonly trials: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly tags: readonly string[];
  readonly note: string | null;
}

/** Every sweep of the database, newest first. */
export async function listSweeps(store: Store): Promise<SweepListRow[]> {
  const { rows } = await sql<SweepListRow>`
    select s.name, s.id as "sweepId", s.state, s.trainer, s.planned_trainings as trainings, s.trial_count as trials,
      count(l.training_id) filter (where not l.open and t.state not in ('active', 'cancelled')) as finished,
      count(l.training_id) filter (where t.state in ('diverged', 'out_of_memory', 'infeasible', 'crashed')) as failed,
      s.created_at as "createdAt", s.finished_at as "finishedAt", coalesce(a.tags, '{}') as tags, a.note
    from sweeps s
      left join annotations a on a.sweep_id = s.id and a.evaluation_id is null
      left join sweep_trainings l on l.sweep_id = s.id
      left join trainings t on t.id = l.training_id
    group by s.id, a.id order by s.created_at desc`.execute(store.db);
  return rows;
}

/** The name of the sweep that was launched last; null: there is none. */
export async function newestSweep({ db }: Store): Promise<string | null> {
  const newest = db.selectFrom('sweeps').select('name').orderBy('created_at', 'desc').limit(1);
  return (await newest.executeTakeFirst())?.name ?? null;
}

/** The names of all sweeps, newest first. */
export async function sweepNames({ db }: Store): Promise<readonly string[]> {
  const rows = await db.selectFrom('sweeps').select('name').orderBy('created_at', 'desc').execute();
  return rows.map(({ name }) => name);
}

export interface SweepProvenance {
  readonly sweepId: string;
  readonly canonicalHash: string;
  readonly launchedBy: Readonly<Record<string, string>>;
  readonly mergedPoints: number;
  readonly theoryConstants: TheoryConstants | null;
  /** Hashes of base, tokenizer and rows. */
  readonly inputs: ResolvedInputs;
}

/** Who launched it, from what: part of every export. @throws SWEEP_NOT_FOUND */
export async function readSweepProvenance(store: Store, name: string): Promise<SweepProvenance> {
  const row = await store.db
    .selectFrom('sweeps')
    .leftJoin('theory_constants', 'theory_constants.theory_key', 'sweeps.theory_key')
    .select(['id', 'canonical_hash', 'launched_by', 'merged_points', 'constants', 'inputs'])
    .where('name', '=', name)
    .executeTakeFirst();
  if (row === undefined) throw await sweepNotFound(store.db, name);
  return {
    sweepId: row.id,
    canonicalHash: row.canonical_hash,
    launchedBy: row.launched_by,
    mergedPoints: row.merged_points,
    theoryConstants: row.constants,
    inputs: row.inputs,
  };
}

/** Changes whenever a sweep that had come to rest may have begun to move. @throws SWEEP_NOT_FOUND */
export async function readSweepMark(store: Store, name: string): Promise<string> {
  const { rows } = await sql<{ mark: string }>`
    select concat_ws(' ', s.state, s.desired_state, s.draining, s.desired_parallelism, s.generation, s.planned_trainings,
      (select count(*) from theory_constants c where c.theory_key = s.theory_key and c.constants is not null)) as mark
    from sweeps s where s.name = ${name}`.execute(store.db);
  const [row] = rows;
  if (row === undefined) throw await sweepNotFound(store.db, name);
  return row.mark;
}

/** Whether any training on these rows and this base has succeeded. */
export async function hasFinished(store: Store, { base, train }: ResolvedInputs): Promise<boolean> {
  const { rows } = await sql`
    select 1 from trainings
    where state = 'succeeded' and specification -> 'train' ->> 'hash' = ${train.hash}
      and specification -> 'base' ->> 'content_hash' = ${base.content_hash} limit 1`.execute(store.db);
  return rows.length > 0;
}

/** Of these hashes, those whose training has succeeded already, or has ended in a sweep. @param sweepId null: in none */
export async function finishedAmong(
  store: Store,
  hashes: readonly string[],
  sweepId: string | null = null,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ training_hash: string }>`
    select t.training_hash from trainings t left join sweep_trainings l on l.training_id = t.id and l.sweep_id = ${sweepId}
    where t.training_hash = any(${hashes}::text[]) and (t.state = 'succeeded' or ${endedThere})`.execute(store.db);
  return new Set(rows.map((row) => row.training_hash));
}

/** How many trainings of a sweep have ended: none of these runs again, whatever file extends it. */
export async function endedOf(store: Store, sweepId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from sweep_trainings l join trainings t on t.id = l.training_id
    where l.sweep_id = ${sweepId} and ${endedThere}`.execute(store.db);
  return rows[0]?.count ?? 0;
}

/** Of a training `t` and its place `l` in a sweep. */
const endedThere = sql`(l.pruned
  or l.sweep_id is not null and t.state in ('succeeded', 'diverged', 'out_of_memory', 'infeasible', 'crashed', 'pruned'))`;
