import { type RawBuilder, sql } from 'kysely';
import { measuredOutside, metricJson, metricValue, type TrialsOf } from './sweep-trials.ts';
import type { FilterColumn, TrialFilter } from './trial-filter.ts';
import { chosenFrom, columnNumber, nth } from './trial-values.ts';

/** A column whose mean over seeds is read, over `w`, `e`, `t` and `l` of one trial. */
export interface MeanColumn {
  readonly value: RawBuilder<number | null>;
  /** Whether it is the same in all trials of a configuration: over `t` and `e` alone. */
  readonly ofConfiguration: boolean;
  /** Whether a trial that lacks it is scored, and it is undefined of its predictions. */
  readonly undefined: RawBuilder<boolean>;
}

/** A column's numbers that can be drawn. */
export function meanColumn(column: FilterColumn, sweep: TrialsOf): MeanColumn {
  return {
    value: columnNumber(column, sweep),
    ofConfiguration: isOfConfiguration(column),
    undefined: isUndefined(column),
  };
}

/** A metric as it is ranked by: complexity may be infinite. */
export function meanMetric(name: string, sweep: TrialsOf): MeanColumn {
  const column = meanColumn({ of: 'metric', name }, sweep);
  return column.ofConfiguration ? { ...column, value: metricValue(name, sweep.constants) } : column;
}

/** Settings but for the seed, and what follows from them. */
export function isOfConfiguration({ of, name }: FilterColumn): boolean {
  return of === 'metric' ? name === 'complexity' : of === 'evaluation' || (of === 'setting' && name !== 'seed');
}

function isUndefined({ of, name }: FilterColumn): RawBuilder<boolean> {
  if (of !== 'metric' || name in measuredOutside(null)) return sql`false`;
  return sql`coalesce(${metricJson(name)} = 'null'::jsonb, false)`;
}

/**
 * Statements before a query, which fold trials that a choice is made among into configurations. Of each, `means` has its first trial, and of each
 * column by its place the mean over seeds (`c0`, `c1`, …) and whether it is undefined of one (`u0`, `u1`, …): a mean of
 * the others would be of the seeds that happened to go well, and is null.
 * @param further of a configuration, over `t`, `e` and `f`
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
  const read = ofTrials.map(({ value, place }) => sql`${value} as ${nth(place)}`);
  const beside = read.length === 0 ? sql`` : sql`cross join lateral (select ${sql.join(read)} offset 0) v`;
  const folded = ofTrials.map(
    ({ undefined: undefinedOf, place }) =>
      sql`, avg(v.${nth(place)}) as ${nth(place)},
        bool_or(v.${nth(place)} is null and ${undefinedOf}) as ${undefinedAt(place)}`,
  );
  const means = columns.map(({ value, ofConfiguration }, place) =>
    ofConfiguration
      ? sql`, ${value} as ${nth(place)}, false as ${undefinedAt(place)}`
      : sql`, case when not f.${undefinedAt(place)} then f.${nth(place)} end as ${nth(place)}, f.${undefinedAt(place)}`,
  );
  return sql`
    folded as materialized (
      select min(w.trial) as trial, (array_agg(t.id))[1] as training_id, (array_agg(e.id))[1] as evaluation_id,
        t.settings_hash, e.configuration, count(e.metrics) as scored ${sql.join(folded, sql``)}
      ${chosenFrom(sweep, filter, beside)} group by t.settings_hash, e.configuration),
    means as materialized (
      select f.trial, f.settings_hash, f.configuration, f.scored ${sql.join(means, sql``)}
        ${sql.join(
          further.map((value) => sql`, ${value}`),
          sql``,
        )}
      from folded f join trainings t on t.id = f.training_id join evaluations e on e.id = f.evaluation_id)`;
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
 */
export function candidatesFrom(name: string, rest: readonly RawBuilder<unknown>[] = []): RawBuilder<unknown> {
  const columns = sql.join([sql``, ...rest]);
  const partition = rest.length === 0 ? sql`` : sql`partition by ${sql.join(rest)}`;
  const same = rest.map((column) => sql` and r.${column} = b.${column}`);
  const sameBefore = rest.map((column) => sql` and p.${column} = b.${column}`);
  return sql`
    best as (select cost, round(cost::numeric, 9) as near, max(gain) as gain ${columns} from ${sql.ref(name)} group by cost ${columns}),
    before as (
      select near, max(max(gain)) over (${partition} order by near rows between unbounded preceding and 1 preceding) as gain ${columns}
      from best group by near ${columns}),
    edges as (
      select b.cost, greatest(b.gain, p.gain) as gain ${sql.join([sql``, ...rest.map((column) => sql`b.${column}`)])}
      from best b join before p on p.near = b.near ${sql.join(sameBefore, sql``)}),
    candidates as materialized (
      select r.* from ${sql.ref(name)} r join edges b on b.cost = r.cost ${sql.join(same, sql``)}
      where r.gain >= b.gain - 1e-9 * abs(b.gain))`;
}
