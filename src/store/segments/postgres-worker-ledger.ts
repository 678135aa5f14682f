import type { EventKindName } from '../../sweep/event-kinds.ts';
import { sql } from 'kysely';
import type { CheckpointReference, EvaluationPage, Lease, MetricChunk, SegmentOutcome } from '../../sweep/segment.ts';
import { claimSegments } from './claim-segments.ts';
import { commitSegments } from './commit-segments.ts';
import { type DatabaseTransaction, type Store, transact } from '../database/open-store.ts';
import type { ClaimRequest, ClaimResult, FenceResult, LeaseState, SegmentEnd, WorkerLedger } from './worker-ledger.ts';
import type { PackingPlan } from '../../sweep/packing.ts';
import { pinPackingPlan } from './packing-plans.ts';
import { writePage } from './evaluation-pages.ts';
import { heldSegment, noteProgress, writeCheckpoints, writeMetrics } from './write-progress.ts';

/** The ledger over PostgreSQL itself. Lease times are by the database's clock. */
export class PostgresWorkerLedger implements WorkerLedger {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  claim(request: ClaimRequest): Promise<ClaimResult> {
    return transact(
      this.#store,
      (tx) => claimSegments(tx, request),
      ({ kind }) => kind === 'claimed',
    );
  }

  renew(lease: Lease, leaseMs: number, metrics: readonly MetricChunk[]): Promise<LeaseState> {
    const renewed = async (tx: DatabaseTransaction): Promise<LeaseState> => {
      const segment = await heldSegment(tx, lease);
      if (segment === null) return { kind: 'stale' };
      await sql`
        update segments set lease_expires_at = now() + ${leaseMs} * interval '1 millisecond'
        where id = ${segment.id}`.execute(tx);
      await writeMetrics(tx, [{ trainingId: segment.training_id, epoch: lease.epoch, chunks: metrics }]);
      await noteProgress(tx, segment.training_id, metrics);
      return { kind: 'held', desired: await desiredOf(tx, segment.training_id) };
    };
    return transact(this.#store, renewed, () => metrics.length > 0);
  }

  checkpoint(lease: Lease, checkpoint: CheckpointReference, metrics: readonly MetricChunk[]): Promise<FenceResult> {
    return transact(this.#store, async (tx) => {
      const segment = await heldSegment(tx, lease);
      if (segment === null) return 'stale';
      await writeMetrics(tx, [{ trainingId: segment.training_id, epoch: lease.epoch, chunks: metrics }]);
      await noteProgress(tx, segment.training_id, metrics);
      await writeCheckpoints(tx, [{ trainingId: segment.training_id, lease, checkpoint }]);
      return 'written';
    });
  }

  keepPage(lease: Lease, page: EvaluationPage): Promise<FenceResult> {
    return transact(this.#store, async (tx) => {
      const segment = await heldSegment(tx, lease);
      if (segment === null) return 'stale';
      await writePage(tx, segment, page);
      return 'written';
    });
  }

  async commit(lease: Lease, outcome: SegmentOutcome): Promise<FenceResult> {
    const [result] = await this.commitAll([{ lease, outcome }]);
    if (result === undefined) throw new Error('a commit has a result');
    return result;
  }

  commitAll(ends: readonly SegmentEnd[]): Promise<readonly FenceResult[]> {
    return transact(this.#store, (tx) => commitSegments(tx, ends));
  }

  async event(lease: Lease, kind: EventKindName, detail: Record<string, unknown>): Promise<void> {
    await sql`
      insert into sweep_events (training_id, kind, detail)
      select training_id, ${kind}, ${JSON.stringify(detail)}::jsonb from segments
      where id = ${lease.segmentId} and lease_epoch = ${lease.epoch}`.execute(this.#store.db);
    this.#store.announce();
  }

  pinPacking(lease: Lease, device: string, plan: PackingPlan): Promise<void> {
    return transact(this.#store, async (tx) => {
      const segment = await heldSegment(tx, lease);
      if (segment !== null) await pinPackingPlan(tx, segment.training_id, device, plan);
    });
  }
}

/** run while any sweep that waits for the training runs; release while all of them are paused; else cancel. */
export async function desiredOf(tx: DatabaseTransaction, trainingId: string): Promise<'run' | 'release' | 'cancel'> {
  const { rows } = await sql<{ running: boolean | null; paused: boolean | null }>`
    select bool_or(s.desired_state = 'running') as running, bool_or(s.desired_state = 'paused') as paused
    from sweep_trainings l join sweeps s on s.id = l.sweep_id
    where l.training_id = ${trainingId} and l.open`.execute(tx);
  if (rows[0]?.running === true) return 'run';
  return rows[0]?.paused === true ? 'release' : 'cancel';
}
