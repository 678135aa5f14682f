import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { DropsweepError } from '../../base/errors.ts';
import { trainerNamed, traitsOf } from '../../sweep/trainer-traits.ts';
import type { TrainingConfiguration } from '../../sweep/vocabulary.ts';
import { claimSegments } from '../segments/claim-segments.ts';
import { countLeases, noteLease, slotKeyOf } from './leases.ts';
import { sweepNotFound } from '../commands.ts';
import { type DatabaseTransaction, type Store, transact } from '../database/open-store.ts';
import type { ClaimRequest } from '../segments/worker-ledger.ts';

/** The answer to a program that asks for a training. */
export type Asked =
  | {
      readonly kind: 'training';
      /** Names the right to report and tell: nobody else has it, and it is lost once another asker has taken over. */
      readonly lease: string;
      readonly training: string;
      readonly configuration: TrainingConfiguration;
      /** The last that was reported, by an earlier asker; 0: it begins. */
      readonly step: number;
      readonly steps: number;
      /** The step whose values decide whether it goes on; the last is its end. */
      readonly report_at: number;
      readonly metrics: readonly string[];
      readonly lease_seconds: number;
    }
  /** Others have all that could be worked on now, or as many as its parallelism allows, or the sweep is paused. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'over' };

export interface AskRequest {
  readonly sweep: string;
  /** Unless it is extended before, the training is given to another asker after so long. */
  readonly leaseSeconds: number;
  /** Who asks, for people. */
  readonly who: string;
}

/** Stand-in for the numerics class, and the checkpoint store, of trainings whose programs keep their own. */
export const askedPlace = 'asked';

/**
 * Leases the next training of a program's sweep, as a slot claims it, while fewer than its parallelism are leased.
 * @throws SWEEP_NOT_FOUND, and USAGE where the sweep is none of a program's
 */
export function askTraining(store: Store, { sweep: name, leaseSeconds, who }: AskRequest): Promise<Asked> {
  // One for all attempts: where an answer was lost, the next attempt finds what this one has claimed.
  const lease = randomUUID();
  const ask = async (tx: DatabaseTransaction): Promise<Asked> => {
    const sweep = await tx
      .selectFrom('sweeps')
      .select(['id', 'generation', 'trainer', 'desired_parallelism'])
      .where('name', '=', name)
      .executeTakeFirst();
    if (sweep === undefined) throw await sweepNotFound(tx, name);
    demandAsked(name, sweep.trainer);
    if ((await countLeases(tx, sweep.id, lease)) >= sweep.desired_parallelism) return { kind: 'wait' };
    const request = { ...requestOf(lease, sweep, leaseSeconds * 1_000), workerId: who };
    const claim = await claimSegments(tx, request);
    if (claim.kind !== 'claimed') return { kind: claim.kind === 'wait' ? 'wait' : 'over' };
    await noteLease(tx, sweep.id, lease);
    const [segment] = claim.bundle;
    if (segment?.kind !== 'train') throw new Error('what is asked for is scored in the transaction that reports it');
    const { specification, trainingHash, endStep } = segment;
    const { progressStep } = await leasedSegment(tx, lease);
    return {
      kind: 'training',
      lease,
      training: trainingHash,
      configuration: specification.configuration,
      step: progressStep,
      steps: specification.total_steps,
      report_at: endStep,
      metrics: Object.keys(specification.program?.metrics ?? {}),
      lease_seconds: leaseSeconds,
    };
  };
  return transact(store, ask, ({ kind }) => kind === 'training');
}

/** A claim under a lease. */
export function requestOf(
  lease: string,
  { id, generation }: { readonly id: string; readonly generation: number },
  leaseMs: number,
): Omit<ClaimRequest, 'workerId'> {
  return {
    slotKey: slotKeyOf(lease),
    ordinal: 0,
    sweepId: id,
    generation,
    numericsClass: askedPlace,
    storeId: askedPlace,
    keepsState: true,
    taskToken: new Uint8Array(),
    leaseMs,
  };
}

function demandAsked(sweep: string, trainer: string): void {
  if (!traitsOf(trainerNamed(trainer)).slots) return;
  throw new DropsweepError('USAGE', `nobody asks for trainings of ${sweep}: slots run them`, {
    got: `trainer: ${trainer}`,
    expected: 'a sweep file with trainer: {ask: <name>}',
    fix: 'dropsweep launch a file of that kind',
  });
}

/** Everything that `ask` has told of a training, as it stands in the record. */
export interface LeasedSegment {
  readonly segmentId: string;
  readonly epoch: number;
  readonly trainingId: string;
  readonly trainingHash: string;
  readonly endStep: number;
  readonly totalSteps: number;
  readonly progressStep: number;
  readonly workerId: string;
  /** Since the segment was taken. */
  readonly seconds: number;
}

/**
 * Reads the training that a lease holds.
 * @throws LEASE_UNKNOWN, LEASE_LOST
 */
export async function leasedSegment(tx: DatabaseTransaction, lease: string): Promise<LeasedSegment> {
  const { rows } = await sql<LeasedSegment>`
    select s.id as "segmentId", s.lease_epoch as epoch, s.training_id as "trainingId", t.training_hash as "trainingHash",
      s.end_step as "endStep", t.total_steps as "totalSteps", t.progress_step as "progressStep",
      s.worker_id as "workerId", extract(epoch from now() - a.started_at)::double precision as seconds
    from claims c join segments s on s.id = c.segment_id and s.lease_epoch = c.epoch
      join trainings t on t.id = s.training_id
      join attempts a on a.segment_id = s.id and a.epoch = s.lease_epoch
    where c.slot_key = ${slotKeyOf(lease)} and s.slot_key = c.slot_key and s.status = 'claimed'`.execute(tx);
  const [held] = rows;
  if (held !== undefined) return held;
  const known = await tx
    .selectFrom('claims')
    .select('epoch')
    .where('slot_key', '=', slotKeyOf(lease))
    .executeTakeFirst();
  if (known === undefined)
    throw new DropsweepError('LEASE_UNKNOWN', 'there is no such lease', {
      got: lease,
      expected: 'the lease that dropsweep ask has given',
      fix: 'ask, and pass on what it calls lease',
    });
  throw new DropsweepError('LEASE_LOST', 'the lease holds nothing any more: nothing was recorded', {
    got: lease,
    expected: 'a lease whose training was neither told, nor let go, nor taken over by another asker',
    fix: 'ask for another training; within lease_seconds report, or say that it is worked on: dropsweep tell LEASE --alive',
  });
}
