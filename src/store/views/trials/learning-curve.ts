import { sql } from 'kysely';
import type { Measurements } from '../../../metrics/values/evaluation-metrics.ts';
import { hashAtStep } from '../../plans/insert-trainings.ts';
import type { Store } from '../../database/open-store.ts';

/** Result of a training's evaluation on its way. */
export interface CurvePoint {
  readonly step: number;
  readonly metrics: Measurements;
}

export interface LearningCurve {
  /** The trial whose evaluation it is at the end. */
  readonly trial: number;
  readonly points: readonly CurvePoint[];
}

/** Score of an ensemble of so many members of one training. */
export interface EnsemblePoint {
  readonly members: number;
  readonly metrics: Measurements;
}

/**
 * The stored evaluations of a trial's training that differ from the trial's in their size alone, by size. What is
 * averaged does not matter to one member.
 */
export async function readEnsembleCurve(
  store: Store,
  sweepId: string,
  trial: number,
): Promise<readonly EnsemblePoint[]> {
  const { rows } = await sql<EnsemblePoint>`
    with own as (
      select f.* from sweep_evaluations w join evaluations f on f.id = w.evaluation_id
      where w.sweep_id = ${sweepId} and w.trial = ${trial})
    select (e.configuration ->> 'ensemble_size')::integer as members, e.metrics
    from own join evaluations e on e.training_id = own.training_id and e.at_step = own.at_step
      and e.dataset_hash = own.dataset_hash and e.status = 'done' and e.metrics is not null
      and e.configuration - array['ensemble_size', 'aggregate'] = own.configuration - array['ensemble_size', 'aggregate']
      and (e.configuration -> 'aggregate' = own.configuration -> 'aggregate'
        or e.configuration ->> 'ensemble_size' = '1' or own.configuration ->> 'ensemble_size' = '1')
    order by 1`.execute(store.db);
  return rows;
}

/**
 * The trial with the most members among those of `readEnsembleCurve` that are trials of the sweep; null: none is
 * scored.
 */
export async function readLargestEnsemble(store: Store, sweepId: string, trial: number): Promise<number | null> {
  const { rows } = await sql<{ trial: number }>`
    with own as (
      select f.* from sweep_evaluations w join evaluations f on f.id = w.evaluation_id
      where w.sweep_id = ${sweepId} and w.trial = ${trial})
    select w.trial from own join evaluations e on e.training_id = own.training_id and e.at_step = own.at_step
        and e.dataset_hash = own.dataset_hash and e.status = 'done' and e.metrics is not null
        and e.configuration - array['ensemble_size', 'aggregate'] = own.configuration - array['ensemble_size', 'aggregate']
      join sweep_evaluations w on w.evaluation_id = e.id and w.sweep_id = ${sweepId}
    where e.configuration -> 'aggregate' = own.configuration -> 'aggregate' or own.configuration ->> 'ensemble_size' = '1'
    order by (e.configuration ->> 'ensemble_size')::integer desc, w.trial limit 1`.execute(store.db);
  return rows[0]?.trial ?? null;
}

interface CurveRow extends CurvePoint {
  readonly trainingId: string;
  readonly hash: string;
  readonly own: string;
  readonly trial: number;
}

/** See `readLearningCurves`; null where nothing is evaluated. */
export async function readLearningCurve(
  store: Store,
  sweepId: string,
  trainingId: string,
): Promise<LearningCurve | null> {
  return (await readLearningCurves(store, sweepId, [trainingId])).get(trainingId) ?? null;
}

/**
 * By training its evaluations on its way, and the same at its end, by step: those that a sweep asks for. None of a training
 * of which nothing is evaluated. A training that another sweep had finished has none on its way; one that its patience ended
 * has none behind the step where it stopped: what was to be scored there has the same weights.
 */
export async function readLearningCurves(
  store: Store,
  sweepId: string,
  trainingIds: readonly string[],
): Promise<ReadonlyMap<string, LearningCurve>> {
  const { rows } = await sql<CurveRow>`
    select own.training_id as "trainingId", e.at_step as step, e.metrics, e.evaluation_hash as hash,
      own.evaluation_hash as own, own.trial
    from (
      select distinct on (f.training_id) f.training_id, f.evaluation_hash, w.trial
      from sweep_evaluations w join evaluations f on f.id = w.evaluation_id
      where w.sweep_id = ${sweepId} and f.training_id = any(${trainingIds}::uuid[]) order by f.training_id, w.trial) own
      join evaluations e on e.training_id = own.training_id and e.status = 'done' and e.metrics is not null
      cross join lateral (
        select min((v.detail ->> 'step')::integer) as step from sweep_events v
        where v.training_id = own.training_id and v.kind = 'stopped_early') stopped
    where stopped.step is null or e.at_step <= stopped.step
    order by e.at_step`.execute(store.db);
  const curves = new Map<string, { readonly trial: number; readonly points: CurvePoint[] }>();
  for (const { trainingId, trial, hash, own, step, metrics } of rows) {
    const curve = curves.get(trainingId) ?? { trial, points: [] };
    curves.set(trainingId, curve);
    if (hash === own || hash === hashAtStep(own, step)) curve.points.push({ step, metrics });
  }
  return curves;
}
