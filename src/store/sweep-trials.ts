import { type RawBuilder, sql } from 'kysely';
import { complexity } from '../evaluate/complexity.ts';
import type { EvaluationMetrics } from '../metrics/evaluation-metrics.ts';
import type { SweepDefinition } from '../sweep/sweep-definition.ts';
import type { EvaluationConfiguration, Objective, TrainingSpecification } from '../sweep/vocabulary.ts';
import { tradeoffObjective } from '../tasks/task-metrics.ts';
import type { TheoryConstants } from '../train/trainer-protocol.ts';
import type { Failure } from './database-schema.ts';
import type { DatabaseTransaction } from './open-store.ts';
import type { TradeoffPoint, TrainingState, TrialRow } from './sweep-snapshot.ts';

/** A sweep as its trials are read. */
export interface TrialsOf {
  readonly id: string;
  readonly definition: SweepDefinition;
  readonly constants: TheoryConstants | null;
}

/** The state that people see: an active training is waiting, running or evaluating. */
export const shownState: RawBuilder<TrainingState> = sql<TrainingState>`case
  when l.pruned then 'pruned'
  when l.released_at is not null and t.state = 'active' then 'cancelled'
  when l.open and t.state in ('active', 'succeeded') then coalesce((
    select case g.kind when 'train' then 'running' else 'evaluating' end
    from segments g where g.training_id = t.id and g.status = 'claimed' limit 1), 'waiting')
  when t.state = 'active' then 'waiting'
  else t.state::text end`;

interface TrialRecord {
  readonly trial: number;
  readonly training_id: string;
  readonly training_hash: string;
  readonly specification: TrainingSpecification;
  readonly evaluation: EvaluationConfiguration;
  readonly state: TrainingState;
  readonly reused: boolean;
  readonly progress_step: number;
  readonly total_steps: number;
  readonly metrics: EvaluationMetrics | null;
  readonly train_seconds: number;
  readonly trainable_parameters: number | null;
  readonly numerics_class: string | null;
  readonly failure: Failure | null;
  readonly attempt_count: number;
}

/**
 * The best trials by the first objective; beside them, where there are more, those that a slot works on and as many of
 * those that failed. Best first.
 */
export async function readTrials(tx: DatabaseTransaction, sweep: TrialsOf, limit: number): Promise<TrialRow[]> {
  const objective = sweep.definition.objectives[0];
  const direction = sql.raw(objective?.direction === 'minimize' ? 'asc' : 'desc');
  const value = objectiveValue(objective);
  const { rows } = await sql<TrialRecord>`
    with best as (
      select w.evaluation_id from sweep_evaluations w join evaluations e on e.id = w.evaluation_id
      where w.sweep_id = ${sweep.id} order by ${value} ${direction} nulls last, w.trial limit ${limit}),
    shown as (
      select evaluation_id from best
      union
      select w.evaluation_id
      from sweep_evaluations w join evaluations e on e.id = w.evaluation_id
        join segments g on g.training_id = e.training_id and g.status = 'claimed'
      where w.sweep_id = ${sweep.id}
      union (
        select w.evaluation_id
        from sweep_evaluations w join evaluations e on e.id = w.evaluation_id join trainings t on t.id = e.training_id
        where w.sweep_id = ${sweep.id} and t.state in ('diverged', 'out_of_memory', 'infeasible', 'crashed')
        order by t.finished_at desc nulls last, w.trial limit ${limit}))
    select w.trial, t.id as training_id, t.training_hash, t.specification, e.configuration as evaluation,
      ${shownState} as state, l.origin = 'reused' as reused, t.progress_step, t.total_steps, e.metrics,
      t.train_seconds, t.trainable_parameters, t.numerics_class, t.failure, t.attempt_count
    from shown join sweep_evaluations w on w.sweep_id = ${sweep.id} and w.evaluation_id = shown.evaluation_id
      join evaluations e on e.id = w.evaluation_id
      join trainings t on t.id = e.training_id
      join sweep_trainings l on l.training_id = t.id and l.sweep_id = w.sweep_id
    order by ${value} ${direction} nulls last, w.trial`.execute(tx);
  return rows.map((row) => toTrialRow(row, sweep.constants));
}

/** Where every scored trial lies between the objective that is not complexity and complexity. */
export async function readTradeoffPoints(tx: DatabaseTransaction, sweep: TrialsOf): Promise<TradeoffPoint[]> {
  const { constants } = sweep;
  if (constants === null) return [];
  const value = objectiveValue(tradeoffObjective(sweep.definition));
  const { rows } = await sql<{ trial: number; value: number; rate: number; sparsity: number }>`
    select w.trial, ${value} as value,
      (t.specification #>> '{configuration,dropout_rate}')::double precision as rate,
      (t.specification #>> '{configuration,sparsity}')::double precision as sparsity
    from sweep_evaluations w join evaluations e on e.id = w.evaluation_id join trainings t on t.id = e.training_id
    where w.sweep_id = ${sweep.id} and ${value} is not null`.execute(tx);
  return rows.map(({ trial, value: scored, rate, sparsity }) => ({
    trial,
    value: scored,
    complexity: complexity(rate, sparsity, constants),
  }));
}

function objectiveValue(objective: Objective | undefined): RawBuilder<number | null> {
  return sql`(e.metrics ->> ${objective?.metric ?? ''})::double precision`;
}

function toTrialRow(row: TrialRecord, constants: TheoryConstants | null): TrialRow {
  const { configuration } = row.specification;
  return {
    trial: row.trial,
    trainingId: row.training_id,
    trainingHash: row.training_hash,
    configuration,
    evaluation: row.evaluation,
    state: row.state,
    reused: row.reused,
    step: row.progress_step,
    totalSteps: row.total_steps,
    metrics: row.metrics,
    complexity: constants === null ? null : complexity(configuration.dropout_rate, configuration.sparsity, constants),
    trainSeconds: row.train_seconds === 0 ? null : row.train_seconds,
    trainableParameters: row.trainable_parameters,
    numericsClass: row.numerics_class,
    failure: row.failure,
    attempts: row.attempt_count,
  };
}
