import { type RawBuilder, sql } from 'kysely';
import { measuredOutside, metricJson, metricValue, setting, type TrialsOf } from '../trials/sweep-trials.ts';
import { complexityOf, equivalentRateOf, type FilterColumn, type TrialFilter } from '../trials/trial-filter.ts';
import { chosenFrom, columnNumber, nth } from '../trials/trial-values.ts';

/** A column whose mean over seeds is read, over `w`, `e`, `t` and `l` of one trial. */
export interface MeanColumn {
  readonly value: RawBuilder<number | null>;
  /** Whether it is the same in all trials of a configuration: over `t`, `e` and `k` of one of them. */
  readonly ofConfiguration: boolean;
  /** Whether a trial that lacks it is scored, and it is undefined of its predictions. */
  readonly undefined: RawBuilder<boolean>;
}

export function meanColumn(column: FilterColumn, sweep: TrialsOf): MeanColumn {
  const { of, name } = column;
  const ofConfiguration = isOfConfiguration(column);
  if (of !== 'metric') return { value: columnNumber(column, sweep), ofConfiguration, undefined: sql`false` };
  const { constants } = sweep;
  const value = ofConfiguration ? complexityOf(sql`k.rate`, sql`k.sparsity`, constants) : metricValue(name, constants);
  const stored = !(name in measuredOutside(null));
  return {
    value,
    ofConfiguration,
    undefined: stored ? sql`coalesce(${metricJson(name)} = 'null'::jsonb, false)` : sql`false`,
  };
}

/** Settings but for the seed, and what follows from them. */
export function isOfConfiguration({ of, name }: FilterColumn): boolean {
  return of === 'metric' ? name === 'complexity' : of === 'evaluation' || (of === 'setting' && name !== 'seed');
}

/** An evaluation's settings, of which a sweep has few: among those of one training no two have the same. */
export const evaluationKey: RawBuilder<string> = sql<string>`jsonb_hash_extended(e.configuration, 0)`;

/**
 * Statements before a query, which fold trials that a choice is made among into configurations. Of each, `means` has its
 * first trial, and of each column by its place the mean over seeds (`c0`, `c1`, …) of what is finite, and whether it is
 * undefined of one (`u0`, `u1`, …): a mean of the others would be of the seeds that happened to go well, and is null.
 * What all trials of a configuration share is read of one.
 * @param further of a configuration, over `t` and `e`
 */
export function configurationMeans(
  sweep: TrialsOf,
  columns: readonly MeanColumn[],
  {
    filter,
    further = [],
  }: { readonly filter?: TrialFilter | undefined; readonly further?: RawBuilder<unknown>[] } = {},
): RawBuilder<unknown> {
  const ofTrials = columns.flatMap((column, place) => (column.ofConfiguration ? [] : [{ ...column, place }]));
  const read = ofTrials.map(
    ({ value, undefined: undefinedOf, place }) =>
      sql`, ${value} as ${nth(place)}, ${undefinedOf} as ${undefinedAt(place)}`,
  );
  const folded = ofTrials.map(
    ({ place }) =>
      sql`, avg(${nth(place)}) filter (where ${nth(place)} > '-Infinity' and ${nth(place)} < 'Infinity') as ${nth(place)},
        bool_or(${undefinedAt(place)}) as ${undefinedAt(place)}`,
  );
  const means = columns.map(({ value, ofConfiguration }, place) =>
    ofConfiguration
      ? sql`, ${value} as ${nth(place)}, false as ${undefinedAt(place)}`
      : sql`, case when not f.${undefinedAt(place)} then f.${nth(place)} end as ${nth(place)}, f.${undefinedAt(place)}`,
  );
  return sql`
    every as materialized (
      select w.trial, t.settings_hash, ${evaluationKey} as evaluation, e.metrics is not null as scored ${sql.join(read, sql``)}
      ${chosenFrom(sweep, filter)}),
    folded as materialized (
      select min(trial) as trial, settings_hash, evaluation, count(*) filter (where scored) as scored ${sql.join(folded, sql``)}
      from every group by settings_hash, evaluation),
    means as materialized (
      select f.trial, f.settings_hash, f.evaluation, f.scored ${sql.join(means, sql``)}
        ${sql.join(
          further.map((value) => sql`, ${value}`),
          sql``,
        )}
      from folded f join sweep_evaluations w on w.sweep_id = ${sweep.id} and w.trial = f.trial
        join evaluations e on e.id = w.evaluation_id join trainings t on t.id = e.training_id
        cross join lateral (select ${equivalentRateOf()} as rate, ${setting('sparsity')} as sparsity offset 0) k)`;
}

/** The name of whether the column with that place is undefined of a configuration. */
export function undefinedAt(place: number): RawBuilder<unknown> {
  return sql.ref(`u${place}`);
}

/**
 * Statements after one whose rows have a `cost` and a `gain`: in `candidates` those that no other of the same `rest` is
 * clearly better than, at no more cost. Sums of floating-point numbers depend on their order: who is on a front by a last
 * bit is decided where they are added up in the order of their seeds.
 * @param rest further columns of these rows
 * @param prefix of the statements' names, where there are such of others beside them
 */
export function candidatesFrom(
  name: string,
  rest: readonly RawBuilder<unknown>[] = [],
  prefix = '',
): RawBuilder<unknown> {
  const [best, before, edges, candidates] = ['best', 'before', 'edges', 'candidates'].map((of) => sql.ref(prefix + of));
  const columns = sql.join([sql``, ...rest]);
  const partition = rest.length === 0 ? sql`` : sql`partition by ${sql.join(rest)}`;
  const same = rest.map((column) => sql` and r.${column} = b.${column}`);
  const sameBefore = rest.map((column) => sql` and p.${column} = b.${column}`);
  return sql`
    ${best} as (select cost, round(cost::numeric, 9) as near, max(gain) as gain ${columns} from ${sql.ref(name)} group by cost ${columns}),
    ${before} as (
      select near, max(max(gain)) over (${partition} order by near rows between unbounded preceding and 1 preceding) as gain ${columns}
      from ${best} group by near ${columns}),
    ${edges} as (
      select b.cost, greatest(b.gain, p.gain) as gain ${sql.join([sql``, ...rest.map((column) => sql`b.${column}`)])}
      from ${best} b join ${before} p on p.near = b.near ${sql.join(sameBefore, sql``)}),
    ${candidates} as materialized (
      select r.* from ${sql.ref(name)} r join ${edges} b on b.cost = r.cost ${sql.join(same, sql``)}
      where r.gain >= b.gain - 1e-9 * abs(b.gain))`;
}
