import { sql } from 'kysely';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import type { Store } from '../../src/store/database/open-store.ts';
import type { SweepPlan } from '../../src/sweep/sweep-definition.ts';
import { canonicalJson } from '../../src/base/canonical-json.ts';
import { sha256 } from '../../src/base/sha256.ts';
import { simulatedPlan } from '../../test/support/simulated-plan.ts';

const simulation = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 10 };

const axes = {
  dropout_rate: [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5],
  sparsity: [0, 1e-5, 1e-4, 3.289e-5, 1e-3],
  rank: [2, 4, 8, 16, 32],
  learning_rate: [1e-4, 3e-4, 1e-3, 3e-3],
} as const;

const seeds = 10;

/**
 * A sweep of so many simulated trials as a study has it: p, λ, rank, learning rate and α in a grid of ten seeds each.
 * @param trials a multiple of 10,000
 */
function gridPlan(name: string, trials: number): SweepPlan {
  const base = simulatedPlan({ name, trainings: trials, parallelism: 8, simulation });
  const alphas = Array.from({ length: trials / 10_000 }, (_, index) => 8 * (index + 1));
  const space = { ...axes, alpha: alphas, seed: Array.from({ length: seeds }, (_, seed) => 20_240_101 + seed) };
  const trainings = base.trainings.map((training, ordinal) => {
    let rest = ordinal;
    const take = <Value>(values: readonly Value[]): Value => {
      const value = values[rest % values.length];
      rest = Math.floor(rest / values.length);
      if (value === undefined) throw new RangeError('an axis without values');
      return value;
    };
    const seed = take(space.seed);
    const point = {
      dropout_rate: take(space.dropout_rate),
      sparsity: take(space.sparsity),
      rank: take(space.rank),
      learning_rate: take(space.learning_rate),
      alpha: take(space.alpha),
    };
    return {
      ...training,
      specification: {
        ...training.specification,
        configuration: { ...training.specification.configuration, ...point, seed },
      },
    };
  });
  const definition = { ...base.definition, space };
  return {
    ...base,
    definition,
    trainings,
    canonical_hash: sha256(canonicalJson(JSON.parse(JSON.stringify(definition)))),
  };
}

/**
 * Records a sweep as a launch does, and finishes all of it by statements: workers are not what is measured. Scores follow
 * from the settings, with noise; one in a hundred has diverged.
 */
export async function recordFinishedSweep(store: Store, name: string, trials: number): Promise<string> {
  const { sweepId } = await createSweep(store, {
    plan: gridPlan(name, trials),
    datasets: [],
    launchedBy: { user: 'bench' },
  });
  const theory = {
    ...{ loss_bound: 4, lipschitz: 2, hessian_minimum: 0.1, implicit_sparsity: 1e-4, confidence: 0.05 },
    ...{ train_rows: 64, method: 'set by the benchmark' },
  };
  await sql`
    insert into theory_constants (theory_key, constants)
    select theory_key, ${JSON.stringify(theory)}::jsonb from sweeps where id = ${sweepId}
    on conflict do nothing`.execute(store.db);
  await sql`select setseed(0.5)`.execute(store.db);
  await sql`
    update trainings set
      state = (case when abs(hashtext(training_hash)) % 100 = 0 then 'diverged' else 'succeeded' end)::training_state,
      step = total_steps, progress_step = total_steps, train_seconds = 1 + random(), finished_at = now(),
      attempt_count = 2, trainable_parameters = 9216, numerics_class = 'simulated',
      failure = case when abs(hashtext(training_hash)) % 100 = 0
        then '{"code": "LOSS_NOT_FINITE", "message": "the loss was NaN at step 7"}'::jsonb end`.execute(store.db);
  await sql`
    update evaluations e set status = 'done', finished_at = now(), metrics = jsonb_build_object('rows', 64,
      'accuracy', round((0.9 - 0.3 * power(s.p - 0.25, 2) - 10 * s.l + 0.001 * s.r + 0.05 * random())::numeric, 4),
      'ece', round((0.08 - 0.1 * s.p + 0.02 * random())::numeric, 4), 'loss', 0.3 + 0.2 * random(),
      'mean_member_loss', 0.5, 'f1', 0.8, 'matthews', 0.6, 'brier', 0.2, 'collapsed', false,
      'reliability', '[]'::jsonb, 'inference_passes', 2)
    from trainings t, lateral (select
      (t.specification #>> '{configuration,dropout_rate}')::float8 as p,
      (t.specification #>> '{configuration,sparsity}')::float8 as l,
      (t.specification #>> '{configuration,rank}')::float8 as r) s
    where t.id = e.training_id and t.state = 'succeeded'`.execute(store.db);
  await sql`update evaluations set status = 'failed' where status = 'pending'`.execute(store.db);
  await sql`update segments set status = 'done', finished_at = now()`.execute(store.db);
  await sql`update sweep_trainings set open = false`.execute(store.db);
  await sql`update sweeps set state = 'completed', finished_at = now() where id = ${sweepId}`.execute(store.db);
  await sql`
    insert into sweep_events (training_id, kind)
    select l.training_id, t.state::text
    from sweep_trainings l join trainings t on t.id = l.training_id where l.sweep_id = ${sweepId}`.execute(store.db);
  await sql`vacuum analyze`.execute(store.db);
  return sweepId;
}
