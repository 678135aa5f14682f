import { sql } from 'kysely';
import { type Store, transact } from '../database/open-store.ts';

/** A recorded checkpoint that may go. */
export interface CollectableCheckpoint {
  readonly id: number;
  readonly trainingId: string;
  readonly step: number;
  /** Of the training's last step: what it came to. */
  readonly last: boolean;
  readonly uri: string;
  readonly bytes: number;
  /** A later checkpoint of its training stands in the same store, in the same numerics class, and no rung is at it. */
  readonly superseded: boolean;
}

/** By the numbers of their rows: a rung ends at the step, and something may still be scored there. */
const rungEndsThere = sql`exists (select 1 from segments s where s.training_id = c.training_id and s.end_step = c.step)`;

const superseded = sql<boolean>`exists (
  select 1 from checkpoints n
  where n.training_id = c.training_id and n.store_id = c.store_id and n.numerics_class = c.numerics_class
    and ((n.step = c.step and n.epoch > c.epoch) or (n.step > c.step and not ${rungEndsThere})))`;

/** A training that has succeeded and that nobody waits for; its last checkpoint is not pinned. */
const spare = sql<boolean>`t.state = 'succeeded'
  and not exists (select 1 from sweep_trainings l where l.training_id = t.id and l.open)
  and (c.step < t.total_steps or not exists (select 1 from training_pins p where p.training_id = t.id))`;

/**
 * Checkpoints that may go from a store: superseded checkpoints, and those of trainings that have succeeded and that
 * nobody waits for. Others are what a training goes on from. First those that cost nothing, then by what training again
 * takes.
 */
export async function readCollectable(store: Store, storeId: string): Promise<readonly CollectableCheckpoint[]> {
  const { rows } = await sql<CollectableCheckpoint>`
    select c.id, c.training_id as "trainingId", c.step, c.uri, c.bytes, ${superseded} as superseded,
      c.step >= t.total_steps as last
    from checkpoints c join trainings t on t.id = c.training_id
    where c.store_id = ${storeId} and (${superseded} or ${spare})
    order by superseded desc, last, t.train_seconds, c.id`.execute(store.db);
  return rows;
}

/** Bytes of all recorded checkpoints of a store. */
export async function recordedBytes(store: Store, storeId: string): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`
    select coalesce(sum(bytes), 0)::bigint as bytes from checkpoints where store_id = ${storeId}`.execute(store.db);
  return rows[0]?.bytes ?? 0;
}

/** A checkpoint that was taken out of the record. */
export type ForgottenCheckpoint = Pick<CollectableCheckpoint, 'id' | 'uri' | 'bytes'>;

/**
 * Takes checkpoints out of the record, those that may still go: a sweep may have come to want them meanwhile. Their
 * files are the caller's to remove, afterwards: a file without a row is only left over, a row without a file is
 * missing.
 */
export function forgetCheckpoints(store: Store, ids: readonly number[]): Promise<readonly ForgottenCheckpoint[]> {
  return transact(store, async (tx) => {
    await sql`
      select id from trainings where id in (select training_id from checkpoints where id = any(${ids}::bigint[]))
      order by id for no key update`.execute(tx);
    const { rows } = await sql<ForgottenCheckpoint>`
      with going as (
        select c.id from checkpoints c join trainings t on t.id = c.training_id
        where c.id = any(${ids}::bigint[]) and (${superseded} or ${spare}))
      delete from checkpoints d using going where d.id = going.id
      returning d.id, d.uri, d.bytes`.execute(tx);
    return rows;
  });
}

/** Names of all checkpoint files that a store's rows speak of. */
export async function recordedFiles(store: Store, storeId: string): Promise<ReadonlySet<string>> {
  const rows = await store.db.selectFrom('checkpoints').select('uri').where('store_id', '=', storeId).execute();
  return new Set(rows.map(({ uri }) => uri));
}

/** @returns whether that changed anything */
export async function pinTraining(store: Store, trainingId: string, pinned: boolean): Promise<boolean> {
  const { numAffectedRows } = pinned
    ? await sql`insert into training_pins (training_id) values (${trainingId}) on conflict do nothing`.execute(store.db)
    : await sql`delete from training_pins where training_id = ${trainingId}`.execute(store.db);
  return Number(numAffectedRows ?? 0) > 0;
}

/**
 * Of some trainings by their hashes, those whose program's folder may go: they succeeded so many days ago, nobody waits
 * for them, and they are not pinned. Of a training that failed or was let go the program may go on from what it kept.
 * @param kept trainings that keep theirs: of fronts
 */
export async function endedPrograms(
  { db }: Store,
  hashes: readonly string[],
  days: number,
  kept: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ training_hash: string }>`
    select t.training_hash from trainings t
    where t.training_hash = any(${hashes}::text[]) and t.state = 'succeeded' and t.id <> all(${kept}::uuid[])
      and t.finished_at < now() - ${days} * interval '1 day'
      and not exists (select 1 from sweep_trainings l where l.training_id = t.id and l.open)
      and not exists (select 1 from training_pins p where p.training_id = t.id)`.execute(db);
  return new Set(rows.map((row) => row.training_hash));
}
