import { thawRows } from '../data/frozen-rows.ts';
import { openTokenizer } from '../data/open-tokenizer.ts';
import { rowScores, type StoredScores } from '../evaluate/row-scores.ts';
import { findModel } from '../hub/resolve-model.ts';
import type { Store } from '../store/open-store.ts';
import { readStoredEvaluations, type StoredEvaluation } from '../store/stored-evaluation.ts';
import type { SweepSnapshot, TrialRow } from '../store/sweep-snapshot.ts';
import { traitsOf } from '../sweep/trainer-traits.ts';
import type { BaseModelReference } from '../sweep/vocabulary.ts';
import type { EvaluatedRows } from '../tasks/task.ts';
import { taskOf } from '../tasks/tasks.ts';

/**
 * The stored outputs of some trials with the rows that they are of. There are none of another trainer than ours, or
 * where the base model, whose tokenizer makes inputs of the rows, is not on this machine.
 */
export async function readRowScores(
  store: Store,
  snapshot: Pick<SweepSnapshot, 'sweepId' | 'trainer'>,
  trials: readonly Pick<TrialRow, 'trial' | 'metrics'>[],
): Promise<ReadonlyMap<number, StoredScores>> {
  const found = new Map<number, StoredScores>();
  if (!traitsOf(snapshot.trainer).base) return found;
  const sets = new Map<string, Promise<EvaluatedRows | null>>();
  const scored = trials.flatMap(({ trial, metrics }) => (metrics === null ? [] : [trial]));
  // Outputs that an older version did not keep are no error: the seeds alone tell then.
  const evaluations = await readStoredEvaluations(store, snapshot.sweepId, scored);
  for (const [trial, stored] of evaluations) {
    const { specification, configuration, dataset, members } = stored;
    const key = JSON.stringify([dataset.hash, specification.configuration.max_length, configuration.judging]);
    const reading = sets.get(key) ?? evaluatedRows(stored);
    sets.set(key, reading);
    const rows = await reading;
    if (rows !== null) found.set(trial, rowScores(taskOf(rows.shape).scores, configuration.aggregate, members, rows));
  }
  return found;
}

async function evaluatedRows({
  specification,
  configuration,
  dataset,
}: StoredEvaluation): Promise<EvaluatedRows | null> {
  const { base, task: shape } = specification;
  const place = await placeOf(base);
  if (place === null) return null;
  const rows = thawRows(dataset.content, dataset.hash);
  const { max_length: maxLength } = specification.configuration;
  const encoded = await taskOf(shape).encode(rows, { shape, ...openTokenizer(place), maxLength });
  return { ...encoded, shape, ...(configuration.judging === undefined ? {} : { judging: configuration.judging }) };
}

async function placeOf(base: BaseModelReference): Promise<string | null> {
  for (const reference of [base.folder, base.reference]) {
    const found = reference === '' ? null : await findModel(reference);
    if (found !== null && found.tokenizer_hash === base.tokenizer_hash) return found.folder;
  }
  return null;
}
