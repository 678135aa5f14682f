import { sql } from 'kysely';
import { pairedRowsMetric } from '../../search/fold/heard-objectives.ts';
import type { CheckpointReference, PendingEvaluation, Segment } from '../../sweep/segment.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import type { EvaluationConfiguration, TrainingSpecification } from '../../sweep/vocabulary.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import { writeSweepEvent } from './settle-trainings.ts';
import { type PageRow, readPages, thawPage } from './evaluation-pages.ts';
import { thawOutputs } from './stored-outputs.ts';
import type { ClaimRequest } from './worker-ledger.ts';

/** A segment that has just been claimed. */
export interface ClaimedRow {
  readonly id: string;
  readonly training_id: string;
  readonly kind: 'train' | 'evaluate';
  readonly end_step: number;
  readonly epoch: number;
  readonly attempt: number;
  readonly training_hash: string;
  readonly specification: TrainingSpecification;
  /** Of the attempt before this one. */
  readonly numerics_class: string | null;
  readonly bundle_key: string | null;
}

/**
 * The segments that a worker has claimed, as it is told of them, in their order. Notes with it where each begins: what
 * the record says of a training past that is forgotten.
 */
export async function describeSegments(
  tx: DatabaseTransaction,
  request: ClaimRequest,
  rows: readonly ClaimedRow[],
  pack: number | null,
): Promise<readonly Segment[]> {
  const train = rows.filter(({ kind }) => kind === 'train');
  const evaluate = rows.filter(({ kind }) => kind === 'evaluate');
  const begun = await beginTrainings(tx, request, train);
  const judged = await pendingEvaluations(tx, request, evaluate);
  return rows.map((row): Segment => {
    const common = {
      lease: { segmentId: row.id, epoch: row.epoch },
      trainingId: row.training_id,
      trainingHash: row.training_hash,
      rung: row.end_step,
      specification: row.specification,
      attempt: row.attempt,
    };
    if (row.kind === 'train') {
      return { ...common, kind: 'train', checkpoint: begun.get(row.id) ?? null, endStep: row.end_step, pack };
    }
    const { checkpoint, evaluations } = judged.get(row.id) ?? { checkpoint: null, evaluations: [] };
    if (checkpoint === null) throw new Error(`no checkpoint of ${row.training_hash} at step ${row.end_step}`);
    return { ...common, kind: 'evaluate', checkpoint, evaluations };
  });
}

/**
 * A half-done training is never continued in another numerics class, nor without the checkpoint's file: it begins
 * again, or at an older checkpoint, and says so. Checkpoints past that are forgotten with the metrics that led to them:
 * whoever has them begins again too, should this attempt come to nothing.
 * @returns where each segment goes on, by its id
 */
async function beginTrainings(
  tx: DatabaseTransaction,
  { numericsClass, storeId, keepsState }: ClaimRequest,
  rows: readonly ClaimedRow[],
): Promise<ReadonlyMap<string, CheckpointReference>> {
  const begun = new Map<string, CheckpointReference>();
  if (rows.length === 0) return begun;
  const { rows: found } = await sql<{ id: string; own: CheckpointReference | null; newest: Newest | null }>`
    select w.id, to_jsonb(own) as own, to_jsonb(newest) as newest
    from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map((row) => row.training_id)}::uuid[],
        ${rows.map((row) => row.end_step)}::integer[]) as w (id, training_id, end_step)
      left join lateral (
        select ${reference} from checkpoints c
        where c.training_id = w.training_id and c.step <= w.end_step and c.numerics_class = ${numericsClass}
          and c.store_id = ${storeId} and not c.forgotten
        order by c.step desc, c.epoch desc limit 1) own on true
      left join lateral (
        select c.store_id as "storeId", c.step from checkpoints c
        where c.training_id = w.training_id and c.step <= w.end_step and not c.forgotten
        order by c.step desc, c.epoch desc limit 1) newest on true`.execute(tx);
  const places = new Map(found.map((place) => [place.id, place]));
  for (const row of rows) {
    const place = places.get(row.id);
    if (place === undefined) throw new Error(`no place for segment ${row.id}`);
    const { own, newest } = place;
    if (own !== null) begun.set(row.id, own);
    const lostSteps = (newest?.step ?? 0) - (own?.step ?? 0);
    if (newest === null || lostSteps <= 0) continue;
    const before = row.numerics_class;
    const event =
      before === numericsClass
        ? { kind: 'restarted_with_other_checkpoints' as const, detail: { from: newest.storeId, to: storeId } }
        : { kind: 'restarted_in_other_numerics_class' as const, detail: { from: before, to: numericsClass } };
    await sql`
      update checkpoints set forgotten = true
      where training_id = ${row.training_id} and step > ${own?.step ?? 0}`.execute(tx);
    const detail = { ...event.detail, lost_steps: lostSteps };
    await writeSweepEvent(tx, { trainingId: row.training_id, kind: event.kind, detail });
  }
  await forgetPast(tx, rows, begun, keepsState === true);
  return begun;
}

interface Newest {
  readonly storeId: string;
  readonly step: number;
}

/** A checkpoint as a segment names it. */
const reference = sql`c.store_id as "storeId", c.uri, c.step, c.sha256, c.bytes`;

/** Law 4. A chunk that spans the step where a training begins keeps its part up to it. */
async function forgetPast(
  tx: DatabaseTransaction,
  rows: readonly ClaimedRow[],
  begun: ReadonlyMap<string, CheckpointReference>,
  keepsState: boolean,
): Promise<void> {
  const begins = sql`(
    select w.training_id, case when ${keepsState} then greatest(w.step, least(p.progress_step, w.end_step - 1))
      else w.step end as step
    from unnest(${rows.map((row) => row.training_id)}::uuid[], ${rows.map((row) => begun.get(row.id)?.step ?? 0)}::integer[],
        ${rows.map((row) => row.end_step)}::integer[]) as w (training_id, step, end_step)
      join trainings p on p.id = w.training_id) as b`;
  await sql`
    delete from metrics m using ${begins} where m.training_id = b.training_id and m.first_step > b.step`.execute(tx);
  await sql`
    update metrics m set values = m.values[1 : b.step - m.first_step + 1] from ${begins}
    where m.training_id = b.training_id and m.first_step + array_length(m.values, 1) - 1 > b.step`.execute(tx);
  await sql`
    update trainings t set progress_step = b.step from ${begins}
    where t.id = b.training_id and t.progress_step <> b.step`.execute(tx);
}

interface Judged {
  readonly checkpoint: CheckpointReference | null;
  readonly evaluations: readonly PendingEvaluation[];
}

interface PendingRow {
  readonly segment_id: string;
  readonly id: string;
  readonly configuration: EvaluationConfiguration;
  readonly dataset_hash: string;
  readonly dataset_rows: number;
  readonly member_key: string;
  /** The rule by which the sweep's search hears results; null: it hears none. */
  readonly heard: Pick<SweepDefinition, 'scheduler' | 'objectives'> | null;
}

/** @returns what is to be evaluated of each segment, by its id, and of which checkpoint */
async function pendingEvaluations(
  tx: DatabaseTransaction,
  { storeId, sweepId }: ClaimRequest,
  rows: readonly ClaimedRow[],
): Promise<ReadonlyMap<string, Judged>> {
  if (rows.length === 0) return new Map();
  const wanted = sql`unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map((row) => row.training_id)}::uuid[],
    ${rows.map((row) => row.end_step)}::integer[]) as w (id, training_id, step)`;
  const { rows: checkpoints } = await sql<CheckpointReference & { readonly id: string }>`
    select distinct on (w.id) w.id, ${reference} from ${wanted}
      join checkpoints c on c.training_id = w.training_id and c.step = w.step and c.store_id = ${storeId}
    order by w.id, c.epoch desc`.execute(tx);
  const { rows: pending } = await sql<PendingRow>`
    select w.id as segment_id, e.id, e.configuration, e.dataset_hash, e.dataset_rows, e.member_key,
      (select jsonb_build_object('scheduler', s.definition -> 'scheduler', 'objectives', s.definition -> 'objectives')
        from sweeps s where s.id = ${sweepId} and s.listens) as heard
    from ${wanted} join evaluations e on e.training_id = w.training_id and e.at_step = w.step
    where e.status = 'pending' order by e.evaluation_hash`.execute(tx);
  const { rows: members } = await sql<MemberRow>`
    select w.id as segment_id, m.member_key, m.member, m.logits, m.offsets
    from ${wanted} join evaluation_members m on m.training_id = w.training_id and m.at_step = w.step
    order by m.member`.execute(tx);
  const pages = await readPages(tx, wanted);
  return new Map(
    rows.map(({ id }): [string, Judged] => {
      const checkpoint = checkpoints.find((found) => found.id === id);
      const own = pending.filter((row) => row.segment_id === id);
      const stored = {
        members: members.filter((row) => row.segment_id === id),
        pages: pages.filter((row) => row.segment_id === id),
      };
      return [
        id,
        {
          checkpoint: checkpoint === undefined ? null : withoutId(checkpoint),
          evaluations: own.map((row) => describePending(row, stored)),
        },
      ];
    }),
  );
}

function withoutId({ id: _id, ...checkpoint }: CheckpointReference & { readonly id: string }): CheckpointReference {
  return checkpoint;
}

interface MemberRow {
  readonly segment_id: string;
  readonly member_key: string;
  readonly member: number;
  readonly logits: Buffer;
  readonly offsets: Buffer | null;
}

/** Outputs that earlier evaluations left of a training at a step. */
interface StoredParts {
  readonly members: readonly MemberRow[];
  readonly pages: readonly PageRow[];
}

function describePending(row: PendingRow, { members, pages }: StoredParts): PendingEvaluation {
  const storedPages = pages.filter((page) => page.member_key === row.member_key).map(thawPage);
  const groupsOf = row.heard === null ? null : pairedRowsMetric(row.heard);
  return {
    evaluationId: row.id,
    configuration: row.configuration,
    dataset: { hash: row.dataset_hash, rows: row.dataset_rows },
    ...(storedPages.length === 0 ? {} : { storedPages }),
    ...(groupsOf === null ? {} : { groupsOf }),
    storedMembers: members
      .filter((member) => member.member_key === row.member_key)
      .map(({ member, logits, offsets }) => ({ member, outputs: thawOutputs(logits, offsets, row.dataset_rows) })),
  };
}
