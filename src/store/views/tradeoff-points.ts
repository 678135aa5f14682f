import { sql } from 'kysely';
import { allowFolding } from './allow-folding.ts';
import { complexity } from '../../evaluate/complexity.ts';
import { tradeoffObjective } from '../../tasks/task-metrics.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import type { TradeoffPoint } from './sweep-snapshot.ts';
import { objectiveValue, setting, type TrialsOf } from './sweep-trials.ts';
import { complexityOf, equivalentRateOf } from './trial-filter.ts';

/** Places that points are gathered in: finer than any terminal draws them. */
const placesAcross = 200;
const placesUp = 64;

/** Equal points of the front that are given each; of more these stand for all. */
const frontAtMost = 1000;

interface PointRecord {
  readonly trial: number;
  readonly value: number;
  readonly rate: number;
  readonly sparsity: number;
  readonly numerics_class: string | null;
  readonly count: number;
}

/**
 * Where the scored trials of a sweep lie between the objective that is not complexity and complexity: every trial of the
 * front, and of those beside it one for each of 200 by 64 places with how many it stands for. However large a sweep, so
 * many are read at most; counts add up to all that are scored.
 */
export async function readTradeoffPoints(tx: DatabaseTransaction, sweep: TrialsOf): Promise<TradeoffPoint[]> {
  const { constants } = sweep;
  if (constants === null) return [];
  await allowFolding(tx);
  const objective = tradeoffObjective(sweep.definition);
  const better = sql.raw(objective.direction === 'maximize' ? '' : '-');
  const { rows } = await sql<PointRecord>`
    with valued as materialized (
      select w.trial, e.training_id, ${objectiveValue(objective)} as value
      from sweep_evaluations w join evaluations e on e.id = w.evaluation_id
      where w.sweep_id = ${sweep.id} and ${objectiveValue(objective)} is not null),
    trained as materialized (
      select t.id, t.settings_hash, t.numerics_class
      from sweep_trainings l join trainings t on t.id = l.training_id where l.sweep_id = ${sweep.id}),
    settings as materialized (
      select settings_hash, rate, sparsity, coalesce(${complexityOf(sql`rate`, sql`sparsity`, constants)}, 'NaN') as x
      from (
        select t.settings_hash, ${equivalentRateOf()} as rate, ${setting('sparsity')} as sparsity
        from (select min(id::text)::uuid as id from trained group by settings_hash) f join trainings t on t.id = f.id offset 0) s),
    scored as materialized (
      select v.trial, v.value, t.numerics_class, s.rate, s.sparsity, s.x
      from valued v join trained t on t.id = v.training_id join settings s using (settings_hash)),
    ends as (
      select min(x) as least_x, nullif(max(x) - min(x), 0) as range_x, min(value) as least, nullif(max(value) - min(value), 0) as range
      from scored where x < 'Infinity' and value > '-Infinity' and value < 'Infinity'),
    best as (select x, max(${better}value) as gain from scored where x < 'NaN' and value <> 'NaN' group by x),
    stairs as materialized (
      select x, ${better}gain as value from (
        select x, gain, max(gain) over (order by x rows between unbounded preceding and 1 preceding) as before
        from best) b
      where before is null or gain > before),
    front as (
      select s.*, row_number() over (partition by s.x, s.value order by s.trial) as turn,
        count(*) over (partition by s.x, s.value) as equals
      from scored s join stairs using (x, value)),
    placed as materialized (
      select s.*, case when x < 'Infinity' and value > '-Infinity' and value < 'Infinity' then
          floor(coalesce((x - least_x) / range_x, 0) * ${placesAcross - 1}::integer) * ${placesUp}::integer
            + floor(coalesce((value - least) / range, 0) * ${placesUp - 1}::integer) else -1 end as place
      from scored s, ends where (x, value) not in (select x, value from stairs)),
    places as (select place, max(${better}value) as gain, count(*) as count from placed group by place)
    select trial, value, rate, sparsity, numerics_class, case when turn = 1 then greatest(1, equals - ${frontAtMost}::integer + 1) else 1 end as count
    from front where turn <= ${frontAtMost}::integer
    union all
    select * from (
      select distinct on (place) trial, value, rate, sparsity, numerics_class, count
      from placed join places using (place) where ${better}value = gain order by place, trial) of_places`.execute(tx);
  return rows.map(({ trial, value, rate, sparsity, numerics_class: numericsClass, count }) => {
    const point = { trial, value, complexity: complexity(rate, sparsity, constants), numericsClass };
    return count === 1 ? point : { ...point, count };
  });
}
