import { sql } from 'kysely';
import { allowFolding } from './allow-folding.ts';
import type { MeasuredTrial } from '../../../metrics/metric.ts';
import type { EvaluationConfiguration, TrainingConfiguration } from '../../../sweep/vocabulary.ts';
import { type DatabaseTransaction, look, type Store } from '../../database/open-store.ts';
import { foldTrials } from './folded-trials.ts';
import { findSweep, readNumericsClasses, readOverview } from '../sweep-reader.ts';
import type { SweepSnapshot, TrainingState } from '../sweep-snapshot.ts';
import { shownState } from '../trials/sweep-trials.ts';

/** What of a trial a ranking looks at. */
export interface RankedTrial extends MeasuredTrial {
  readonly trial: number;
  readonly configuration: Pick<TrainingConfiguration, 'seed'>;
}

/** Trials that differ in their seed alone. */
export interface RankedConfiguration {
  /** Of the first of its trials. */
  readonly training: TrainingConfiguration;
  readonly evaluation: EvaluationConfiguration;
  /** By seed, with the metrics that were asked for alone. */
  readonly trials: readonly RankedTrial[];
  readonly scored: number;
  readonly collapsed: number;
  /** Ended without a score. */
  readonly failed: number;
  readonly metFailure: boolean;
}

/** How far a training went, and in which time. */
export interface SteppedTraining {
  readonly state: TrainingState;
  readonly step: number;
  readonly totalSteps: number;
  /** Step at which its own `patience` ended it; absent: it did not, or nobody looked. */
  readonly patienceAt?: number;
  readonly trainSeconds: number | null;
  /** Equal in trainings that differ in their seed alone. */
  readonly configuration: object;
}

export interface RankedSweep {
  /** Has none of its trials. */
  readonly snapshot: SweepSnapshot;
  /** In the order of their first trials. */
  readonly configurations: readonly RankedConfiguration[];
  /** Where any was pruned: all its trainings. */
  readonly stepped: readonly SteppedTraining[];
}

/**
 * One consistent look at a sweep whose trials the record folds into configurations: what is ranked need not be read whole.
 * @param metricsOf names of the metrics that trials are read with
 * @throws SWEEP_NOT_FOUND
 */
export function readRankedSweep(
  store: Store,
  name: string,
  metricsOf: (sweep: SweepSnapshot) => readonly string[],
): Promise<RankedSweep> {
  return look(store, async (tx) => {
    await allowFolding(tx);
    const sweep = await findSweep(tx, name);
    const overview = await readOverview(tx, sweep);
    const numericsClasses = await readNumericsClasses(tx, sweep.id);
    const snapshot = { ...overview, numericsClasses, trials: [], trialCount: sweep.trial_count };
    return {
      snapshot,
      configurations: await foldTrials(tx, sweep, metricsOf(snapshot)),
      stepped: snapshot.counts.pruned === 0 ? [] : await readStepped(tx, sweep.id),
    };
  });
}

/** Configurations of a sweep that have any of these trials, with other metrics. */
export function readConfigurationsOf(
  store: Store,
  name: string,
  trials: readonly number[],
  metrics: readonly string[],
): Promise<readonly RankedConfiguration[]> {
  return look(store, async (tx) => foldTrials(tx, await findSweep(tx, name), metrics, trials));
}

/** The trainings of some trials of a sweep, each once. */
export async function trainingsOfTrials(
  { db }: Store,
  sweepId: string,
  trials: readonly number[],
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct e.training_id as id from sweep_evaluations w join evaluations e on e.id = w.evaluation_id
    where w.sweep_id = ${sweepId} and w.trial = any(${trials}::integer[])`.execute(db);
  return rows.map(({ id }) => id);
}

async function readStepped(tx: DatabaseTransaction, sweepId: string): Promise<readonly SteppedTraining[]> {
  const { rows } = await sql<Omit<SteppedTraining, 'configuration'> & { settings: string }>`
    select ${shownState} as state, t.progress_step as step, t.total_steps as "totalSteps",
      nullif(t.train_seconds, 0) as "trainSeconds", t.settings_hash as settings
    from sweep_trainings l join trainings t on t.id = l.training_id where l.sweep_id = ${sweepId}
    order by l.ordinal`.execute(tx);
  return rows.map(({ settings, ...training }) => ({ ...training, configuration: { settings } }));
}
