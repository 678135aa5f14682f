import { sql } from 'kysely';
import type { CheckpointReference, Lease, MetricChunk } from '../sweep/segment.ts';
import type { DatabaseTransaction } from './open-store.ts';

export interface HeldSegment {
  readonly id: string;
  readonly training_id: string;
  readonly kind: 'train' | 'evaluate';
  readonly end_step: number;
  readonly crash_count: number;
}

/**
 * The fence: the segment while this lease is its newest, locked until the transaction ends; null: stale. Its training is
 * locked first, as by whoever links a sweep to it or lets it go: none of them misses what this transaction brings.
 */
export async function heldSegment(tx: DatabaseTransaction, lease: Lease): Promise<HeldSegment | null> {
  const { rows } = await sql<HeldSegment>`
    with training as materialized (
      select id from trainings where id = (select training_id from segments where id = ${lease.segmentId})
      for no key update
    )
    select s.id, s.training_id, s.kind, s.end_step, s.crash_count
    from training t join segments s on s.training_id = t.id
    where s.id = ${lease.segmentId} and s.lease_epoch = ${lease.epoch} and s.status = 'claimed'
    for update of s`.execute(tx);
  return rows[0] ?? null;
}

/** Chunks of the same name and first step replace one another. */
export async function writeMetrics(
  tx: DatabaseTransaction,
  trainingId: string,
  epoch: number,
  chunks: readonly MetricChunk[],
): Promise<void> {
  if (chunks.length === 0) return;
  await tx
    .insertInto('metrics')
    .values(
      chunks.map((chunk) => ({
        training_id: trainingId,
        name: chunk.name,
        first_step: chunk.firstStep,
        values: [...chunk.values],
        epoch,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['training_id', 'name', 'first_step'])
        .doUpdateSet((row) => ({ values: row.ref('excluded.values'), epoch: row.ref('excluded.epoch') })),
    )
    .execute();
  const lastStep = Math.max(...chunks.map((chunk) => chunk.firstStep + chunk.values.length - 1));
  await tx.updateTable('trainings').set({ progress_step: lastStep }).where('id', '=', trainingId).execute();
}

export async function writeCheckpoint(
  tx: DatabaseTransaction,
  trainingId: string,
  lease: Lease,
  checkpoint: CheckpointReference,
): Promise<void> {
  await sql`
    insert into checkpoints (training_id, step, epoch, numerics_class, store_id, uri, sha256, bytes)
    select ${trainingId}, ${checkpoint.step}::integer, ${lease.epoch}::bigint, a.numerics_class, ${checkpoint.storeId},
      ${checkpoint.uri}, ${checkpoint.sha256}, ${checkpoint.bytes}::bigint
    from attempts a where a.segment_id = ${lease.segmentId} and a.epoch = ${lease.epoch}
    on conflict (training_id, step, epoch) do update
      set uri = excluded.uri, sha256 = excluded.sha256, bytes = excluded.bytes`.execute(tx);
}
