import { sql } from 'kysely';
import { DropsweepError } from '../../base/errors.ts';
import type { OutputRows } from '../../sweep/output-rows.ts';
import type { EvaluationConfiguration, TrainingSpecification } from '../../sweep/vocabulary.ts';
import type { Store } from '../database/open-store.ts';
import { thawOutputs } from '../segments/stored-outputs.ts';

/** A finished evaluation with all that its predictions are made of. */
export interface StoredEvaluation {
  readonly specification: TrainingSpecification;
  readonly configuration: EvaluationConfiguration;
  readonly dataset: { readonly hash: string; readonly content: Buffer };
  /** M of them, in order. */
  readonly members: readonly OutputRows[];
  readonly predictionsSha256: string;
}

/**
 * The evaluation of a sweep's trial, or the one on a further set that stands beside it.
 * @throws USAGE where it is not finished, or its members' outputs were not kept
 */
export async function readStoredEvaluation(
  store: Store,
  sweepId: string,
  trial: number,
  set?: string,
): Promise<StoredEvaluation> {
  const stored = (await readStoredEvaluations(store, sweepId, [trial], set)).get(trial);
  if (stored === undefined) throw notScored(trial);
  return stored;
}

interface EvaluationRecord {
  readonly trial: number;
  readonly training_id: string;
  readonly at_step: number;
  readonly member_key: string;
  readonly configuration: EvaluationConfiguration;
  readonly dataset_rows: number;
  readonly dataset_hash: string;
  readonly predictions_sha256: string;
  readonly specification: TrainingSpecification;
}

interface MembersRecord {
  readonly trial: number;
  readonly logits: readonly Buffer[];
  readonly offsets: readonly (Buffer | null)[];
}

/** Of many trials by a few statements, by their numbers; those that are not finished, or of which no outputs were kept, are left out. */
export async function readStoredEvaluations(
  { db }: Store,
  sweepId: string,
  trials: readonly number[],
  set?: string,
): Promise<ReadonlyMap<number, StoredEvaluation>> {
  if (trials.length === 0) return new Map();
  const table = set === undefined ? sql`sweep_evaluations` : sql`sweep_set_evaluations`;
  const wanted = sql`${table} s join evaluations e on e.id = s.evaluation_id`;
  const chosen = sql`s.sweep_id = ${sweepId} and s.trial = any(${[...trials]}::integer[])
    ${set === undefined ? sql`` : sql`and s.set_name = ${set}`} and e.predictions_sha256 is not null`;
  const { rows } = await sql<EvaluationRecord>`
    select s.trial, e.training_id, e.at_step, e.member_key, e.configuration, e.dataset_rows, e.dataset_hash,
      e.predictions_sha256, t.specification
    from ${wanted} join trainings t on t.id = e.training_id where ${chosen}`.execute(db);
  const { rows: members } = await sql<MembersRecord>`
    select s.trial, array_agg(m.logits order by m.member) as logits, array_agg(m.offsets order by m.member) as offsets
    from ${wanted} join evaluation_members m on m.training_id = e.training_id and m.at_step = e.at_step
        and m.member_key = e.member_key and m.member < (e.configuration ->> 'ensemble_size')::integer
    where ${chosen} group by s.trial`.execute(db);
  const hashes = [...new Set(rows.map((row) => row.dataset_hash))];
  const datasets = await db
    .selectFrom('datasets')
    .select(['hash', 'content'])
    .where(sql<boolean>`hash = any(${hashes}::text[])`)
    .execute();
  const datasetOf = new Map(datasets.map((dataset) => [dataset.hash, dataset]));
  const membersOf = new Map(members.map((row) => [row.trial, row]));
  const found = new Map<number, StoredEvaluation>();
  for (const row of rows) {
    const { logits, offsets } = membersOf.get(row.trial) ?? { logits: [], offsets: [] };
    const dataset = datasetOf.get(row.dataset_hash);
    if (dataset === undefined || logits.length < row.configuration.ensemble_size) continue;
    found.set(row.trial, {
      specification: row.specification,
      configuration: row.configuration,
      dataset,
      members: logits.map((bytes, member) => thawOutputs(bytes, offsets[member] ?? null, row.dataset_rows)),
      predictionsSha256: row.predictions_sha256,
    });
  }
  return found;
}

/** Names of the further sets that a sweep's trials are judged on. */
export async function readSetNames({ db }: Store, sweepId: string): Promise<readonly string[]> {
  const found = await db
    .selectFrom('sweep_set_evaluations')
    .select('set_name')
    .distinct()
    .where('sweep_id', '=', sweepId)
    .orderBy('set_name')
    .execute();
  return found.map((row) => row.set_name);
}

function notScored(trial: number): DropsweepError {
  return new DropsweepError('USAGE', `trial ${trial} has no predictions yet`, {
    got: 'an evaluation that is not finished',
    expected: 'a trial with scores',
  });
}
