import { sql } from 'kysely';
import { canonicalJson, type Json } from '../../../src/base/canonical-json.ts';
import { stream } from '../../../src/random/stream.ts';
import type { Store } from '../../../src/store/database/open-store.ts';
import type { TrainingConfiguration } from '../../../src/sweep/vocabulary.ts';

/** What programs measure of a training at a step, whoever of them does. */
export function askedValues(
  configuration: TrainingConfiguration,
  step: number,
): { readonly loss: number; readonly seconds: number } {
  return { loss: drawOf(configuration, 'loss') + 1 / (1 + step), seconds: step };
}

/** One in twenty cannot be trained. */
export function isInfeasiblePoint(configuration: TrainingConfiguration): boolean {
  return drawOf(configuration, 'feasible') < 0.05;
}

function drawOf(configuration: TrainingConfiguration, what: string): number {
  return stream(0, 'asked', what, canonicalJson({ ...configuration })).uniforms(1)[0] ?? 0;
}

/** Each training of a sweep whose programs ask against what every program measures of it. */
export async function differencesFromAsked(store: Store, sweepId: string): Promise<readonly string[]> {
  const { rows } = await sql<{
    readonly ordinal: number;
    readonly state: string;
    readonly total: number;
    readonly configuration: TrainingConfiguration;
    readonly results: readonly { readonly at_step: number; readonly metrics: Json }[];
  }>`
    select l.ordinal, t.state, t.total_steps as total, t.specification -> 'configuration' as configuration, coalesce((
      select jsonb_agg(jsonb_build_object('at_step', e.at_step, 'metrics', e.metrics)) from evaluations e
      where e.training_id = t.id and e.status = 'done'), '[]') as results
    from sweep_trainings l join trainings t on t.id = l.training_id where l.sweep_id = ${sweepId}`.execute(store.db);
  return rows.flatMap(({ ordinal, state, total, configuration, results }) => {
    const wrong = results
      .filter(
        ({ at_step: step, metrics }) => canonicalJson(metrics) !== canonicalJson(askedValues(configuration, step)),
      )
      .map(({ at_step: step }) => `training ${ordinal} has other values at step ${step} than its programs have told`);
    const steps = new Set(results.map(({ at_step }) => at_step));
    if (steps.size !== results.length) wrong.push(`training ${ordinal} has two results of one step`);
    if (state === 'succeeded' && !steps.has(total)) wrong.push(`training ${ordinal} has no result of its end`);
    if ((state === 'infeasible') !== isInfeasiblePoint(configuration) && state !== 'cancelled')
      wrong.push(`training ${ordinal} is ${state}, and its programs have told otherwise`);
    return wrong;
  });
}
