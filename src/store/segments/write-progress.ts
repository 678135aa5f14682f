import { sql } from 'kysely';
import type { CheckpointReference, Lease, MetricChunk } from '../../sweep/segment.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';

export interface HeldSegment {
  readonly id: string;
  readonly training_id: string;
  readonly kind: 'train' | 'evaluate';
  readonly end_step: number;
  readonly crash_count: number;
}

/** The fence: the segment while this lease is its newest, locked until the transaction ends; null: stale. */
export async function heldSegment(tx: DatabaseTransaction, lease: Lease): Promise<HeldSegment | null> {
  const held = await heldSegments(tx, [lease]);
  return held.get(lease.segmentId) ?? null;
}

/**
 * The fence for several leases: segments by id, without those whose lease is stale. Their trainings are locked first and
 * in one order, as by whoever links a sweep to them or lets them go: none of them misses what this transaction brings,
 * and two of these cannot wait for one another.
 */
export async function heldSegments(
  tx: DatabaseTransaction,
  leases: readonly Lease[],
): Promise<ReadonlyMap<string, HeldSegment>> {
  const ids = leases.map(({ segmentId }) => segmentId);
  const { rows } = await sql<HeldSegment>`
    with training as materialized (
      select id from trainings where id in (select training_id from segments where id = any(${ids}::uuid[]))
      order by id for no key update
    )
    select s.id, s.training_id, s.kind, s.end_step, s.crash_count
    from training t join segments s on s.training_id = t.id
      join unnest(${ids}::uuid[], ${leases.map(({ epoch }) => epoch)}::bigint[]) as held (id, epoch)
        on held.id = s.id and held.epoch = s.lease_epoch
    where s.status = 'claimed'
    for update of s`.execute(tx);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Metrics of one training, under the epoch that they were measured under. */
interface TrainingMetrics {
  readonly trainingId: string;
  readonly epoch: number;
  readonly chunks: readonly MetricChunk[];
}

/** Chunks of the same name and first step replace one another. */
export async function writeMetrics(tx: DatabaseTransaction, measured: readonly TrainingMetrics[]): Promise<void> {
  const rows = measured.flatMap(({ trainingId, epoch, chunks }) =>
    chunks.map((chunk) => ({
      training_id: trainingId,
      name: chunk.name,
      first_step: chunk.firstStep,
      values: [...chunk.values],
      epoch,
    })),
  );
  if (rows.length === 0) return;
  await sql`
    insert into metrics (training_id, name, first_step, values, epoch)
    select training_id, name, first_step, values::double precision[], epoch
    from unnest(${rows.map((row) => row.training_id)}::uuid[], ${rows.map((row) => row.name)}::text[],
      ${rows.map((row) => row.first_step)}::integer[], ${rows.map((row) => arrayLiteral(row.values))}::text[],
      ${rows.map((row) => row.epoch)}::bigint[]) as measured (training_id, name, first_step, values, epoch)
    on conflict (training_id, name, first_step)
      do update set values = excluded.values, epoch = excluded.epoch`.execute(tx);
}

/** An array inside an array of its own length: PostgreSQL's arrays of arrays are all of one length. */
function arrayLiteral(values: readonly number[]): string {
  return `{${values.join(',')}}`;
}

/** How far the training has been told to be. */
export async function noteProgress(
  tx: DatabaseTransaction,
  trainingId: string,
  chunks: readonly MetricChunk[],
): Promise<void> {
  if (chunks.length === 0) return;
  const lastStep = Math.max(...chunks.map((chunk) => chunk.firstStep + chunk.values.length - 1));
  await tx.updateTable('trainings').set({ progress_step: lastStep }).where('id', '=', trainingId).execute();
}

interface TrainingCheckpoint {
  readonly trainingId: string;
  readonly lease: Lease;
  readonly checkpoint: CheckpointReference;
}

/** A checkpoint's numerics class is that of the attempt that wrote it. */
export async function writeCheckpoints(tx: DatabaseTransaction, written: readonly TrainingCheckpoint[]): Promise<void> {
  if (written.length === 0) return;
  const rows = written.map(({ trainingId, lease, checkpoint }) => ({
    training_id: trainingId,
    segment_id: lease.segmentId,
    epoch: lease.epoch,
    step: checkpoint.step,
    store_id: checkpoint.storeId,
    uri: checkpoint.uri,
    sha256: checkpoint.sha256,
    bytes: checkpoint.bytes,
  }));
  await sql`
    insert into checkpoints (training_id, step, epoch, numerics_class, store_id, uri, sha256, bytes)
    select w.training_id, w.step, w.epoch, a.numerics_class, w.store_id, w.uri, w.sha256, w.bytes
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w (training_id uuid, segment_id uuid, epoch bigint,
        step integer, store_id text, uri text, sha256 text, bytes bigint)
      join attempts a on a.segment_id = w.segment_id and a.epoch = w.epoch
    on conflict (training_id, step, epoch) do update
      set uri = excluded.uri, sha256 = excluded.sha256, bytes = excluded.bytes`.execute(tx);
}
