import type { EventKindName } from '../../sweep/event-kinds.ts';
import type { PackingPlan } from '../../sweep/packing.ts';
import type {
  CheckpointReference,
  EvaluationPage,
  Lease,
  MetricChunk,
  Segment,
  SegmentOutcome,
} from '../../sweep/segment.ts';

/** Names one slot's turn: deployment/sweep/generation/lane/sequence. A claim is idempotent by (slotKey, ordinal). */
export interface ClaimRequest {
  readonly slotKey: string;
  /** Number of this claim among those of its slotKey, from 0. */
  readonly ordinal: number;
  readonly sweepId: string;
  readonly generation: number;
  readonly workerId: string;
  readonly numericsClass: string;
  /** Whose checkpoint files the worker can read: it goes on from those, and evaluates those, alone. */
  readonly storeId: string;
  /** It keeps a training's state itself: what was reported since the last checkpoint stands, short of the segment's end. */
  readonly keepsState?: true;
  /** The activity's task token: the reaper fails it when the worker is proved dead. */
  readonly taskToken: Uint8Array;
  readonly leaseMs: number;
  /** Length of the bundle at most; 1 unless told. */
  readonly maxSegments?: number;
  /** Segments that the slot will run one after another, at most, where none of them packs; 1 unless told. */
  readonly maxInARow?: number;
  /** The slot as packing plans know it; absent: it packs nothing. */
  readonly packingDevice?: string;
}

export type ClaimResult =
  | { readonly kind: 'claimed'; readonly bundle: readonly Segment[]; readonly order: 'together' | 'in_a_row' }
  /** Work exists but others hold it, or the sweep is paused. */
  | { readonly kind: 'wait' }
  /** Every training of the sweep is in a final state, or the sweep was cancelled: the lane ends. */
  | { readonly kind: 'exhausted' };

/** The wish of a segment's sweeps, read with each renewal of its lease. */
export type LeaseState =
  | { readonly kind: 'held'; readonly desired: 'run' | 'release' | 'cancel' }
  | { readonly kind: 'stale' };

export type FenceResult = 'written' | 'stale';

/** How a segment ended, under the lease that it was run under. */
export interface SegmentEnd {
  readonly lease: Lease;
  readonly outcome: SegmentOutcome;
}

/**
 * All that a worker may ask of the record. Laws:
 * 1. `claim` with the same (slotKey, ordinal) returns the same segments, with a new epoch, until they are final.
 * 2. A write under a lease whose epoch is not the segment's newest changes nothing and returns stale.
 * 3. `commit` twice under one lease is one commit.
 * 4. After `claim`, metrics past the returned checkpoint's step do not exist.
 */
export interface WorkerLedger {
  claim(request: ClaimRequest): Promise<ClaimResult>;
  renew(lease: Lease, leaseMs: number, metrics: readonly MetricChunk[]): Promise<LeaseState>;
  checkpoint(lease: Lease, checkpoint: CheckpointReference, metrics: readonly MetricChunk[]): Promise<FenceResult>;
  /** Outputs of a part of an evaluation, which whoever claims it next goes on from. */
  keepPage(lease: Lease, page: EvaluationPage): Promise<FenceResult>;
  commit(lease: Lease, outcome: SegmentOutcome): Promise<FenceResult>;
  /** Several commits in one transaction, each under its own lease: a stale one changes nothing of the others. */
  commitAll(ends: readonly SegmentEnd[]): Promise<readonly FenceResult[]>;
  event(lease: Lease, kind: EventKindName, detail: Record<string, unknown>): Promise<void>;
  /** Keeps the first plan for the training's engine shape on the device; written by whoever holds the lease. */
  pinPacking(lease: Lease, device: string, plan: PackingPlan): Promise<void>;
}
