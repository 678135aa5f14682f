import { type RawBuilder, sql } from 'kysely';
import { complexity } from '../../../evaluate/complexity.ts';
import { equivalentRate } from '../../../sweep/mask-variant.ts';
import type { EvaluationConfiguration, TrainingConfiguration } from '../../../sweep/vocabulary.ts';
import type { DatabaseTransaction } from '../../database/open-store.ts';
import type { RankedConfiguration } from './ranked-configurations.ts';
import { metricJson, shownState, type TrialsOf } from '../trials/sweep-trials.ts';
import { endedWithoutScore } from '../trials/trial-ranks.ts';
import { trialsFrom } from '../trials/trial-values.ts';

interface FoldedRecord {
  readonly training: TrainingConfiguration;
  readonly evaluation: EvaluationConfiguration;
  readonly trials: readonly (readonly [
    trial: number,
    seed: number | undefined,
    seconds: number,
    parameters: number | null,
    scored: boolean,
    /** In the order of the metrics; false: the evaluation has none of this name. */
    ...values: (number | null | false)[],
  ])[];
  readonly scored: number;
  readonly collapsed: number;
  readonly failed: number;
  readonly met_failure: boolean;
}

/**
 * Trials of a sweep folded into configurations, in the order of their first trials.
 * @param only of these trials; absent: of all
 */
export async function foldTrials(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
  metrics: readonly string[],
  only?: readonly number[],
): Promise<readonly RankedConfiguration[]> {
  const values = metrics.map((metric) => sql`, coalesce(${metricJson(metric)}, 'false')`);
  const chosen = only === undefined ? sql`` : sql`and w.trial = any(${only}::integer[])`;
  const { rows } = await sql<FoldedRecord>`
    with s as (
      select w.trial, t.id as training_id, t.settings_hash, e.configuration as evaluation, ${seedOf} as seed,
        e.metrics is not null as scored, e.metrics ->> 'collapsed' = 'true' as collapsed,
        e.metrics is null and ${shownState} = any(${endedWithoutScore}::text[]) as failed, t.failure is not null as met_failure,
        json_build_array(w.trial, ${seedOf}, t.train_seconds, t.trainable_parameters, e.metrics is not null${sql.join(values, sql``)}) as read
      ${trialsFrom(sweep)} ${chosen}),
    g as (
      select (array_agg(training_id order by trial))[1] as first, min(trial) as trial, evaluation,
        json_agg(read order by (seed)::double precision, trial) as trials, count(*) filter (where scored) as scored,
        count(*) filter (where collapsed) as collapsed, count(*) filter (where failed) as failed, bool_or(met_failure) as met_failure
      from s group by settings_hash, evaluation)
    select t.specification -> 'configuration' as training, g.evaluation, g.trials, g.scored, g.collapsed, g.failed, g.met_failure
    from g join trainings t on t.id = g.first order by g.trial`.execute(tx);
  const { constants } = sweep;
  return rows.map(({ training, trials, met_failure: metFailure, ...record }) => {
    const own =
      constants === null
        ? null
        : complexity(equivalentRate(training, training.dropout_rate), training.sparsity, constants);
    return {
      ...record,
      training,
      metFailure,
      trials: trials.map(([trial, seed, seconds, parameters, scored, ...found]) => ({
        trial,
        configuration: { seed: seed ?? training.seed },
        metrics: scored ? namedValues(metrics, found) : null,
        complexity: own,
        trainSeconds: seconds === 0 ? null : seconds,
        trainableParameters: parameters,
      })),
    };
  });
}

const seedOf: RawBuilder<unknown> = sql`(t.specification #> '{configuration,seed}')`;

function namedValues(names: readonly string[], values: readonly (number | null | false)[]) {
  return Object.fromEntries(
    names.flatMap((name, place) => {
      const value = values[place];
      return value === false || value === undefined ? [] : [[name, value] as const];
    }),
  );
}
