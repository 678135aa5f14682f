import { sql } from 'kysely';
import { engineShape, type PackingPlan } from '../../sweep/packing.ts';
import type { TrainingSpecification } from '../../sweep/vocabulary.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import type { ClaimRequest } from './worker-ledger.ts';
import { writeSweepEvent } from './settle-trainings.ts';

/** The first one stays: trainings of one shape on one device are all packed alike. */
export async function pinPackingPlan(
  tx: DatabaseTransaction,
  trainingId: string,
  device: string,
  plan: PackingPlan,
): Promise<void> {
  const { specification } = await tx
    .selectFrom('trainings')
    .select('specification')
    .where('id', '=', trainingId)
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('packing_plans')
    .values({ engine_shape: engineShape(specification), device, pack: plan.pack, measured: JSON.stringify(plan) })
    .onConflict((conflict) => conflict.columns(['engine_shape', 'device']).doNothing())
    .execute();
  await writeSweepEvent(tx, { trainingId, kind: 'packing_measured', detail: { device, ...plan } });
}

interface Packing {
  /** null: to be measured */
  readonly pack: number | null;
  /** Train segments that fill the pack up. */
  readonly beside: readonly string[];
}

/** A claimed segment, as far as packing looks at it. */
interface ClaimedTraining {
  readonly id: string;
  readonly kind: 'train' | 'evaluate';
  readonly bundle_key: string | null;
  readonly specification: TrainingSpecification;
}

/** A training alone has one pass for each instance: what a pack has room for beside them is taken along. */
export async function packingOf(
  tx: DatabaseTransaction,
  { packingDevice, sweepId }: Pick<ClaimRequest, 'packingDevice' | 'sweepId'>,
  first: ClaimedTraining | undefined,
  maxSegments: number,
): Promise<Packing> {
  const bundleKey = first?.kind === 'train' ? first.bundle_key : null;
  if (first === undefined || bundleKey === null || packingDevice === undefined) return { pack: 1, beside: [] };
  const { specification } = first;
  const { train_instances: instances } = specification.configuration;
  const found = { segmentId: first.id, bundleKey };
  const pack = await readPack(tx, specification, packingDevice);
  if (pack === null) {
    const packable = instances > 1 || (await pickBeside(tx, sweepId, found, 1)).length > 0;
    return { pack: packable ? null : 1, beside: [] };
  }
  const room = Math.min(maxSegments, Math.floor(pack / instances)) - 1;
  return { pack, beside: await pickBeside(tx, sweepId, found, room) };
}

/** Null: nothing has been measured for that shape on that device. */
async function readPack(
  tx: DatabaseTransaction,
  specification: TrainingSpecification,
  device: string,
): Promise<number | null> {
  const row = await tx
    .selectFrom('packing_plans')
    .select('pack')
    .where('engine_shape', '=', engineShape(specification))
    .where('device', '=', device)
    .executeTakeFirst();
  return row?.pack ?? null;
}

/**
 * Ready train segments that may step together with one: of its bundle key, from the same step. What died before is run
 * alone: a bundle is not to die of it again.
 */
async function pickBeside(
  tx: DatabaseTransaction,
  sweepId: string,
  { segmentId, bundleKey }: { readonly segmentId: string; readonly bundleKey: string },
  limit: number,
): Promise<string[]> {
  if (limit <= 0) return [];
  const { rows } = await sql<{ id: string }>`
    select s.id
    from sweep_trainings l
    join trainings t on t.id = l.training_id and t.bundle_key = ${bundleKey}
    join segments s on s.training_id = t.id and s.kind = 'train' and s.crash_count = 0
      and (s.status = 'ready' or (s.status = 'claimed' and s.lease_expires_at < now()))
    where l.sweep_id = ${sweepId} and l.claimable and l.open and t.progress_step = (
      select o.progress_step from trainings o join segments f on f.training_id = o.id
      where f.id = ${segmentId} and f.crash_count = 0)
    order by l.ordinal, s.end_step
    limit ${limit}
    for update of s skip locked`.execute(tx);
  return rows.map((row) => row.id);
}
