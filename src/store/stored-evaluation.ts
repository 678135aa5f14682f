import { sql } from 'kysely';
import { DropsweepError } from '../base/errors.ts';
import type { OutputRows } from '../sweep/output-rows.ts';
import type { EvaluationConfiguration, TrainingSpecification } from '../sweep/vocabulary.ts';
import type { Store } from './open-store.ts';
import { thawOutputs } from './stored-outputs.ts';

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
  const table = set === undefined ? sql`sweep_evaluations` : sql`sweep_set_evaluations`;
  const { rows } = await sql<{
    training_id: string;
    at_step: number;
    member_key: string;
    configuration: EvaluationConfiguration;
    dataset_rows: number;
    predictions_sha256: string | null;
    specification: TrainingSpecification;
    hash: string;
    content: Buffer;
  }>`
    select e.training_id, e.at_step, e.member_key, e.configuration, e.dataset_rows, e.predictions_sha256,
      t.specification, d.hash, d.content
    from ${table} s join evaluations e on e.id = s.evaluation_id join trainings t on t.id = e.training_id
      join datasets d on d.hash = e.dataset_hash
    where s.sweep_id = ${sweepId} and s.trial = ${trial} ${set === undefined ? sql`` : sql`and s.set_name = ${set}`}`.execute(
    store.db,
  );
  const [row] = rows;
  if (row === undefined || row.predictions_sha256 === null) throw notScored(trial);
  const stored = await store.db
    .selectFrom('evaluation_members')
    .select(['logits', 'offsets'])
    .where('training_id', '=', row.training_id)
    .where('at_step', '=', row.at_step)
    .where('member_key', '=', row.member_key)
    .where('member', '<', row.configuration.ensemble_size)
    .orderBy('member')
    .execute();
  if (stored.length < row.configuration.ensemble_size) throw notScored(trial);
  return {
    specification: row.specification,
    configuration: row.configuration,
    dataset: { hash: row.hash, content: row.content },
    members: stored.map(({ logits, offsets }) => thawOutputs(logits, offsets, row.dataset_rows)),
    predictionsSha256: row.predictions_sha256,
  };
}

function notScored(trial: number): DropsweepError {
  return new DropsweepError('USAGE', `trial ${trial} has no predictions yet`, {
    got: 'an evaluation that is not finished',
    expected: 'a trial with scores',
  });
}
