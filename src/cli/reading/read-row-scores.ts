import { thawRows } from '../../data/frozen-rows.ts';
import { openTokenizer } from '../../data/tokens/open-tokenizer.ts';
import { rowScores, type StoredScores } from '../../evaluate/row-scores.ts';
import { findModel } from '../../hub/resolve-model.ts';
import type { Store } from '../../store/database/open-store.ts';
import { readSetNames, readStoredEvaluations, type StoredEvaluation } from '../../store/views/stored-evaluation.ts';
import type { SweepSnapshot, TrialRow } from '../../store/views/sweep-snapshot.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import type { BaseModelReference } from '../../sweep/vocabulary.ts';
import type { EvaluatedRows } from '../../tasks/task.ts';
import { taskOf } from '../../tasks/tasks.ts';
import { areOutputsOf } from '../../train/segments/forward-rows.ts';

/**
 * The stored outputs of some trials with the rows that they are of, and of the further sets beside them. There are none of
 * another trainer than ours, nor of a task whose scores look at tokens where the base model is not on this machine, nor of
 * a version that made other inputs of the rows.
 */
export async function readRowScores(
  store: Store,
  snapshot: Pick<SweepSnapshot, 'sweepId' | 'trainer'>,
  trials: readonly Pick<TrialRow, 'trial' | 'metrics'>[],
): Promise<ReadonlyMap<number, StoredScores>> {
  if (!traitsOf(snapshot.trainer).base) return new Map();
  const scored = trials.flatMap(({ trial, metrics }) => (metrics === null ? [] : [trial]));
  const inputs = new Map<string, Promise<EvaluatedRows | null>>();
  const found = await scoresOf(store, snapshot.sweepId, scored, inputs);
  for (const set of await readSetNames(store, snapshot.sweepId)) {
    for (const [trial, own] of await scoresOf(store, snapshot.sweepId, [...found.keys()], inputs, set)) {
      const beside = found.get(trial);
      if (beside !== undefined) found.set(trial, { ...beside, sets: new Map([...(beside.sets ?? []), [set, own]]) });
    }
  }
  return found;
}

/** Of the trials' own rows, or of a further set. Outputs that an older version did not keep are no error. */
async function scoresOf(
  store: Store,
  sweepId: string,
  trials: readonly number[],
  inputs: Map<string, Promise<EvaluatedRows | null>>,
  set?: string,
): Promise<Map<number, StoredScores>> {
  const found = new Map<number, StoredScores>();
  for (const [trial, stored] of await readStoredEvaluations(store, sweepId, trials, set)) {
    const { specification, configuration, dataset, members } = stored;
    const { task, max_length: length = specification.configuration.max_length, judging } = configuration;
    const key = JSON.stringify([dataset.hash, task, length, judging]);
    const reading = inputs.get(key) ?? evaluatedRows(stored);
    inputs.set(key, reading);
    const rows = await reading;
    if (rows === null || !areOutputsOf(rows, members)) continue;
    const { scores } = taskOf(rows.shape);
    found.set(trial, rowScores(scores, configuration.aggregate, members, rows, dataset.hash));
  }
  return found;
}

async function evaluatedRows({
  specification,
  configuration,
  dataset,
}: StoredEvaluation): Promise<EvaluatedRows | null> {
  const { task: shape = specification.task, max_length: length, judging } = configuration;
  const rows = thawRows(dataset.content, dataset.hash);
  const judged = { shape, ...(judging === undefined ? {} : { judging }) };
  const task = taskOf(shape);
  // Most scores look at no token, and nothing is tokenised for them.
  if (task.outline !== undefined) return { ...task.outline(rows, shape), ...judged };
  const place = await placeOf(specification.base);
  if (place === null) return null;
  const maxLength = length ?? specification.configuration.max_length;
  return { ...(await task.encode(rows, { shape, ...openTokenizer(place), maxLength })), ...judged };
}

async function placeOf(base: BaseModelReference): Promise<string | null> {
  for (const reference of [base.folder, base.reference]) {
    const found = reference === '' ? null : await findModel(reference);
    if (found !== null && found.tokenizer_hash === base.tokenizer_hash) return found.folder;
  }
  return null;
}
