import { type RawBuilder, sql } from 'kysely';
import { allowFolding } from '../configurations/allow-folding.ts';
import { assertNever } from '../../../base/assert-never.ts';
import type { SweepDefinition } from '../../../sweep/sweep-definition.ts';
import type { Objective } from '../../../sweep/vocabulary.ts';
import { setOfMetric } from '../../../metrics/set-metric.ts';
import type { TheoryConstants } from '../../../train/process/trainer-protocol.ts';
import type { DatabaseTransaction } from '../../database/open-store.ts';
import type { TrainingState, TrialPage, TrialRow, TrialSort } from '../sweep-snapshot.ts';
import { complexityOf, equivalentRateOf, type TrialFilter, trialsWhere } from './trial-filter.ts';
import { rankByState, rankWithoutValue } from './trial-ranks.ts';
import { type TrialRecord, TrialRows } from './trial-rows.ts';

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

/** Trials from `offset` on, in the page's order over all of the sweep's that its filter leaves. */
export async function readTrials(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
  page: TrialPage,
  limit: number,
): Promise<TrialRow[]> {
  const { sort, offset, filter } = page;
  const trials = new TrialRows(tx, sweep.constants);
  // In the order of their numbers nothing has to be known of trials before they are read.
  if (sort.by === 'trial' && filter === undefined) {
    const direction = sql.raw(sort.direction === 'minimize' ? 'asc' : 'desc');
    const { rows } = await sql<TrialRecord>`
      select ${trialColumns(sweep)} from sweep_evaluations page ${besidePage(sweep)} where page.sweep_id = ${sweep.id}
      order by page.trial ${direction} limit ${limit} offset ${offset}`.execute(tx);
    return trials.of(rows);
  }
  const { rows } = await sql<TrialRecord>`
    with ${await pageOf(tx, sweep, page, limit)}
    select ${trialColumns(sweep)} from page ${besidePage(sweep)} order by page.place`.execute(tx);
  return trials.of(rows);
}

/**
 * The page's trials with their places, as `page`. Nobody orders a hundred thousand trials for a screen of them: where
 * enough have a value, those that come after the page's last value are not looked at any further; and what an evaluation
 * has is ordered by without its training.
 */
async function pageOf(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
  { sort, offset, filter }: TrialPage,
  limit: number,
): Promise<RawBuilder<unknown>> {
  await allowFolding(tx);
  const { constants } = sweep;
  const value = valueOf(sort, constants);
  const direction = sql.raw(sort.direction === 'minimize' ? 'asc' : 'desc');
  const within = sql.raw(sort.direction === 'minimize' ? '<=' : '>=');
  const plain = filter === undefined && isOfEvaluation(sort);
  const joined = plain ? sql`` : besideEvaluation;
  return sql`
    valued as materialized (
      select w.trial, w.evaluation_id, ${value} as value
      from sweep_evaluations w join evaluations e on e.id = w.evaluation_id ${joined}
      where w.sweep_id = ${sweep.id} and ${whereOf(filter, constants)}),
    edge as (
      select value from valued where value is not null order by value ${direction} limit 1 offset ${Math.max(0, offset + limit - 1)}),
    page as (
      select v.trial, v.evaluation_id, row_number() over (order by v.value ${direction} nulls last,
          case when v.value is null then ${rankOf(rankWithoutValue)} end,
          case when v.value is not null then ${complexityOrder(constants)} end, v.trial) as place
      from valued v join evaluations e on e.id = v.evaluation_id
        join trainings t on t.id = e.training_id
        join sweep_trainings l on l.training_id = t.id and l.sweep_id = ${sweep.id}
      where not exists (select 1 from edge) or v.value ${within} (select value from edge)
      order by place limit ${limit} offset ${offset})`;
}

/** Whether what is ordered by stands in the evaluation, or in that on a further set. */
function isOfEvaluation({ by, name }: TrialSort): boolean {
  return by === 'evaluation' || (by === 'metric' && !(name in measuredOutside(null)));
}

const besideEvaluation = sql`join trainings t on t.id = e.training_id
  join sweep_trainings l on l.training_id = t.id and l.sweep_id = w.sweep_id`;

/** All trials in the order of their numbers, so many at a time: the next are read while these are being used. */
export async function* trialsInTurn(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
  size: number,
): AsyncGenerator<readonly TrialRow[]> {
  const trials = new TrialRows(tx, sweep.constants);
  const after = async (last: number): Promise<TrialRow[]> => {
    const { rows } = await sql<TrialRecord>`
      select ${trialColumns(sweep)} from sweep_evaluations page ${besidePage(sweep)}
      where page.sweep_id = ${sweep.id} and page.trial > ${last} order by page.trial limit ${size}`.execute(tx);
    return trials.of(rows);
  };
  for (let reading: Promise<TrialRow[]> | null = after(0); reading !== null; ) {
    const batch: TrialRow[] = await reading;
    const last = batch.at(-1);
    reading = last === undefined || batch.length < size ? null : after(last.trial);
    // Where these cannot be used, nobody waits for the next.
    reading?.catch(() => undefined);
    if (batch.length > 0) yield batch;
  }
}

/** Columns of a trial's record, of a `page` with its number and evaluation, and of what `besidePage` joins. */
function trialColumns(sweep: TrialsOf): RawBuilder<unknown> {
  return sql`page.trial, t.id as training_id, t.training_hash,
    t.settings_hash, t.specification #> '{configuration,seed}' as seed, e.configuration::text as evaluation,
    ${shownState} as state, l.origin = 'reused' as reused, t.progress_step, t.total_steps,
    ${setMetrics(sweep)} as metrics,
    t.train_seconds, t.trainable_parameters, t.numerics_class, t.failure, t.attempt_count, t.largest_loss,
    t.largest_gradient_norm, a.tags, a.note`;
}

function besidePage({ id }: TrialsOf): RawBuilder<unknown> {
  return sql`join evaluations e on e.id = page.evaluation_id
    join trainings t on t.id = e.training_id
    join sweep_trainings l on l.training_id = t.id and l.sweep_id = ${id}
    left join annotations a on a.sweep_id = l.sweep_id and a.evaluation_id = e.id`;
}

/** How many of a sweep's trials a filter leaves. */
export async function countTrials(tx: DatabaseTransaction, sweep: TrialsOf, filter: TrialFilter): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count
    from sweep_evaluations w join evaluations e on e.id = w.evaluation_id ${besideEvaluation}
    where w.sweep_id = ${sweep.id} and ${whereOf(filter, sweep.constants)}`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** The filter as a condition over `w`, `e`, `t` and `l`; absent: it always holds. */
export function whereOf(filter: TrialFilter | undefined, constants: TheoryConstants | null): RawBuilder<unknown> {
  return trialsWhere(filter, { metric: (name) => metricValue(name, constants), state: shownState });
}

/** The number of a metric of a trial, over `e` and `t`; null: it has none. */
export function metricValue(name: string, constants: TheoryConstants | null): RawBuilder<number | null> {
  if (name === 'complexity') return complexityOf(equivalentRateOf(), setting('sparsity'), constants);
  return measuredOutside(constants)[name] ?? objectiveValue({ metric: name });
}

/** What trials are ordered by, as the dashboard orders those that it has; without a value by state. */
function valueOf({ by, name }: TrialSort, constants: TheoryConstants | null): RawBuilder<number | null> {
  switch (by) {
    case 'trial':
      return sql`w.trial::double precision`;
    case 'state':
      return rankOf(rankByState);
    case 'setting':
      return setting(name);
    case 'evaluation':
      return numberIn(sql`e.configuration #> array[${name}::text]`);
    case 'metric':
      return measuredOutside(constants)[name] ?? objectiveValue({ metric: name });
    default:
      return assertNever(by, 'order of trials');
  }
}

/** The metrics that no evaluation holds: each metric with `ofTrial` is here by its name. */
export function measuredOutside(
  constants: TheoryConstants | null,
): Readonly<Record<string, RawBuilder<number | null>>> {
  return {
    complexity: complexityOrder(constants),
    complexity_estimated: complexityOf(equivalentRateOf(), setting('sparsity'), constants, {
      loss: sql`t.largest_loss`,
      gradientNorm: sql`t.largest_gradient_norm`,
    }),
    train_seconds: sql`nullif(t.train_seconds, 0)`,
    trainable_parameters: sql`t.trainable_parameters::double precision`,
  };
}

/** Orders as complexity does, which falls with (λ₀ + λ)(2p − p²) and depends on nothing else of a trial. */
function complexityOrder(constants: TheoryConstants | null): RawBuilder<number | null> {
  if (constants === null) return sql`null::double precision`;
  const rate = setting('dropout_rate');
  const strength = sql`${constants.implicit_sparsity ?? 0}::double precision + ${setting('sparsity')}`;
  return sql`-((${strength}) * (2 * ${rate} - ${rate} * ${rate}))`;
}

export function setting(name: string): RawBuilder<number | null> {
  return numberIn(sql`t.specification #> array['configuration', ${name}::text]`);
}

function numberIn(found: RawBuilder<unknown>): RawBuilder<number | null> {
  return sql`case jsonb_typeof(${found}) when 'number' then (${found})::double precision end`;
}

function rankOf(ranks: Readonly<Record<TrainingState, number>>): RawBuilder<number> {
  const cases = Object.entries(ranks).map(([state, rank]) => sql`when ${state} then ${rank}::double precision`);
  return sql`case ${shownState} ${sql.join(cases, sql` `)} end`;
}

/** Of a trial `w` and its evaluation `e`; of a further set, of the evaluation there. */
export function objectiveValue(objective: Pick<Objective, 'metric'> | undefined): RawBuilder<number | null> {
  const found = objective === undefined ? null : setOfMetric(objective.metric);
  if (found === null) return sql`(e.metrics ->> ${objective?.metric ?? ''})::double precision`;
  return sql`(
    select (f.metrics ->> ${found.metric})::double precision
    from sweep_set_evaluations s join evaluations f on f.id = s.evaluation_id
    where s.sweep_id = w.sweep_id and s.trial = w.trial and s.set_name = ${found.set})`;
}

/** A metric of a trial `w` and its evaluation `e` as JSON; null where the evaluation has none of this name. */
export function metricJson(name: string): RawBuilder<unknown> {
  const found = setOfMetric(name);
  if (found === null) return sql`(e.metrics -> ${name})`;
  return sql`(
    select f.metrics -> ${found.metric}
    from sweep_set_evaluations s join evaluations f on f.id = s.evaluation_id
    where s.sweep_id = w.sweep_id and s.trial = w.trial and s.set_name = ${found.set})`;
}

/** The metrics of the trial of `page`, and what it has on further sets, each name after the set's and a dot. */
function setMetrics({ id, definition: { sets = [] } }: TrialsOf): RawBuilder<unknown> {
  if (sets.length === 0) return sql`e.metrics`;
  return sql`e.metrics || coalesce((
    select jsonb_object_agg(s.set_name || '.' || m.key, m.value)
    from sweep_set_evaluations s join evaluations f on f.id = s.evaluation_id, jsonb_each(f.metrics) m
    where s.sweep_id = ${id} and s.trial = page.trial and f.metrics is not null), '{}'::jsonb)`;
}
