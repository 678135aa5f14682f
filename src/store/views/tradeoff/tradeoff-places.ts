import { type RawBuilder, sql } from 'kysely';
import { candidatesFrom } from '../configurations/configuration-means.ts';

type Direction = 'maximize' | 'minimize';

/** Between which of the means, and how these are drawn. */
export interface PlacesAsked {
  readonly x: RawBuilder<unknown>;
  readonly y: RawBuilder<unknown>;
  readonly level: RawBuilder<unknown>;
  readonly better: { readonly x: Direction; readonly y: Direction };
  /** Axes of which a logarithm is taken. */
  readonly log: { readonly x: boolean; readonly y: boolean };
}

export type Placed = readonly [trial: number, x: number, y: number, level: number, count: number];

/** What `placesRead` gives. */
export interface PlacesRecord {
  readonly total: number;
  readonly drawn: number;
  readonly points: readonly Placed[];
  readonly candidates: readonly Placed[];
}

/** Up to so many configurations are given each; of more, one stands for all of a place. */
const eachUpTo = 2_000;
/** Places: finer than the cells of any terminal, if not than their dots. */
const placesAcross = 240;
const placesUp = 120;
/** Of few values of x the points are spread about each; into so many places where there are very few, else into four. */
const fewColumns = 64;
const veryFewColumns = 12;
const spreadPlaces = 16;
/** Configurations of the front that are given: equal ones may be thousands. */
const frontAtMost = 500;

/** Statements after `means`: which may be on the front between two of them, and one of the others for each place. */
export function placesOf({ x, y, level, better, log }: PlacesAsked): RawBuilder<unknown> {
  const turned = (axis: 'x' | 'y', sign: Direction): RawBuilder<unknown> =>
    sql.raw(better[axis] === sign ? axis : `-${axis}`);
  const along = (axis: 'x' | 'y'): RawBuilder<unknown> => sql.raw(log[axis] ? `ln(${axis})` : axis);
  // Said so, since between two bounds the planner expects hardly any row, and joins thousands to thousands one by one.
  const finite = (mean: RawBuilder<unknown>, isLog: boolean): RawBuilder<unknown> =>
    sql`case when ${mean} > ${sql.raw(isLog ? '0' : "'-Infinity'")} and ${mean} < 'Infinity' then ${mean} end`;
  return sql`
    scored as materialized (
      select trial, x, y, level, ${along('x')} as px, ${along('y')} as py,
        ${turned('x', 'minimize')} as cost, ${turned('y', 'maximize')} as gain
      from (
        select trial, ${finite(x, log.x)} as x, ${finite(y, log.y)} as y, ${level} as level from means offset 0) m
      where x is not null and y is not null),
    ends as materialized (
      select min(px) as least_x, nullif(max(px) - min(px), 0) as range_x, min(py) as least_y,
        nullif(max(py) - min(py), 0) as range_y, count(*) <= ${eachUpTo} as each,
        (select count(*) from (select distinct x from scored limit ${fewColumns + 1}) d) as columns
      from scored),
    ${candidatesFrom('scored')},
    front as materialized (select * from candidates order by x, trial limit ${frontAtMost}),
    placed as (
      select level, case when each then trial end as own, case when columns <= ${fewColumns} then x end as column_x,
        case when columns <= ${fewColumns} then floor(((trial * 0.61803398875::numeric) % 1)
          * case when columns <= ${veryFewColumns} then ${spreadPlaces}::integer else 4 end) end as spread,
        floor(coalesce((px - least_x) / range_x, 0) * ${placesAcross - 1}::integer) as across,
        floor(coalesce((py - least_y) / range_y, 0) * ${placesUp - 1}::integer) as up, min(trial) as trial, count(*) as count
      from scored s, ends where not exists (select 1 from front f where f.trial = s.trial)
      group by level, own, column_x, spread, across, up),
    points as (
      select p.trial, s.x, s.y, p.level, p.total from (
        select distinct on (own, column_x, spread, across, up) trial, level,
          sum(count) over (partition by own, column_x, spread, across, up)::integer as total
        from placed order by own, column_x, spread, across, up, count desc, trial) p
      join scored s on s.trial = p.trial)`;
}

/** What these statements have found. */
export const placesRead: RawBuilder<PlacesRecord> = sql<PlacesRecord>`json_build_object(
  'total', (select count(*) from means), 'drawn', (select count(*) from scored),
  'points', (select coalesce(json_agg(json_build_array(trial, x, y, level, total) order by trial), '[]') from points),
  'candidates', (select coalesce(json_agg(json_build_array(trial, x, y, level, 1) order by x, trial), '[]') from front))`;
