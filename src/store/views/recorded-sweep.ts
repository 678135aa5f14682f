import { sql } from 'kysely';
import type { ResolvedInputs, SweepDefinition } from '../../sweep/sweep-definition.ts';
import type { TrainingConfiguration } from '../../sweep/vocabulary.ts';
import { sweepNotFound } from '../commands.ts';
import type { Store } from '../database/open-store.ts';
import { stagesOf } from '../search/search-log.ts';

/** The record that a sweep was planned from. */
export interface RecordedSweep {
  readonly id: string;
  readonly definition: SweepDefinition;
  readonly inputs: ResolvedInputs;
}

/** @throws SWEEP_NOT_FOUND */
export async function readRecordedSweep(store: Store, name: string): Promise<RecordedSweep> {
  const sweep = await store.db
    .selectFrom('sweeps')
    .select(['id', 'definition', 'inputs'])
    .where('name', '=', name)
    .executeTakeFirst();
  if (sweep === undefined) throw await sweepNotFound(store.db, name);
  return sweep;
}

/** A sweep with the files that it was launched with and extended to, the oldest first; null: there is none of this name. */
export async function readStagedSweep(
  store: Store,
  name: string,
): Promise<{ readonly id: string; readonly files: readonly SweepDefinition[] } | null> {
  const sweep = await store.db
    .selectFrom('sweeps')
    .select(['id', 'definition', 'inputs', 'former_stages'])
    .where('name', '=', name)
    .executeTakeFirst();
  return sweep === undefined ? null : { id: sweep.id, files: stagesOf(sweep).map(({ definition }) => definition) };
}

/** The trials of a sweep whose trainings have one of these configurations, canonical as they are recorded. */
export async function trialsWith(
  store: Store,
  sweepId: string,
  configurations: readonly TrainingConfiguration[],
): Promise<readonly number[]> {
  const { rows } = await sql<{ trial: number }>`
    select w.trial
    from sweep_evaluations w join evaluations e on e.id = w.evaluation_id join trainings t on t.id = e.training_id
    where w.sweep_id = ${sweepId} and t.specification -> 'configuration' in (
      select value from jsonb_array_elements(${JSON.stringify(configurations)}::jsonb))
    order by w.trial`.execute(store.db);
  return rows.map(({ trial }) => trial);
}

/** The settings that a trial was trained with; null: there is no such trial. */
export async function readTrialConfiguration(
  store: Store,
  sweepId: string,
  trial: number,
): Promise<TrainingConfiguration | null> {
  const { rows } = await sql<{ configuration: TrainingConfiguration }>`
    select t.specification -> 'configuration' as configuration
    from sweep_evaluations w join evaluations e on e.id = w.evaluation_id join trainings t on t.id = e.training_id
    where w.sweep_id = ${sweepId} and w.trial = ${trial}`.execute(store.db);
  return rows[0]?.configuration ?? null;
}

/** The trainings of some trials of a sweep, each once. */
export async function trainingsOfTrials(
  store: Store,
  name: string,
  trials: readonly number[],
): Promise<readonly string[]> {
  const { rows } = await sql<{ training_id: string }>`
    select distinct e.training_id
    from sweeps s join sweep_evaluations w on w.sweep_id = s.id join evaluations e on e.id = w.evaluation_id
    where s.name = ${name} and w.trial = any(${trials}::integer[])`.execute(store.db);
  return rows.map(({ training_id }) => training_id);
}
