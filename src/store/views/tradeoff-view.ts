import { type RawBuilder, sql } from 'kysely';
import { paretoFront } from '../../stats/pareto-front.ts';
import { meanOf } from '../../stats/mean-of.ts';
import { allowFolding } from './allow-folding.ts';
import { type ColumnLevels, placeAmong, readColumnLevels } from './column-levels.ts';
import { candidatesFrom, configurationMeans, isOfConfiguration, meanColumn } from './configuration-means.ts';
import { type DatabaseTransaction, look, type Store } from '../database/open-store.ts';
import { setting, type TrialsOf, whereOf } from './sweep-trials.ts';
import type { FilterColumn, FilterValue, TrialFilter } from './trial-filter.ts';
import { columnJson, columnNumber, nth, readTrialsOf, readTrialValues, trialsFrom } from './trial-values.ts';

type Direction = 'maximize' | 'minimize';

/** One column against another. */
export interface TradeoffAsked {
  readonly x: FilterColumn;
  readonly y: FilterColumn;
  readonly better: { readonly x: Direction; readonly y: Direction };
  /** Axes of which a logarithm is taken. */
  readonly log: { readonly x: boolean; readonly y: boolean };
  /** The setting that points are told apart by; null: nothing. */
  readonly by: FilterColumn | null;
  /** What is told of the front's configurations. */
  readonly shown: readonly FilterColumn[];
  /** Which trials are looked at; absent: all. */
  readonly filter?: TrialFilter;
}

/** A configuration that stands for all in one place, of the level that most of them are of. */
export interface PlacedConfiguration {
  /** The first of its trials. */
  readonly trial: number;
  /** Means over its seeds. */
  readonly x: number;
  readonly y: number;
  /** Place among the levels; −1: none. */
  readonly level: number;
  readonly count: number;
}

/** A configuration that no other is better than in both means. */
export interface FrontConfiguration extends PlacedConfiguration {
  /** In the order of the columns shown; of a metric the mean over the repeats, null where one has none. */
  readonly values: readonly FilterValue[];
  /** Its trials that have a y, with it: they differ in their seed alone, and are in its order. */
  readonly repeats: readonly { readonly trial: number; readonly y: number }[];
  /** The classes that these were trained in. */
  readonly numericsClasses: readonly string[];
}

export interface TradeoffRead {
  /** Configurations of the trials that are looked at, and those that have both means. */
  readonly total: number;
  readonly drawn: number;
  /** Null where nothing was asked for to tell points by. */
  readonly levels: ColumnLevels | null;
  /** Counts add up to all that are drawn, less the front. */
  readonly points: readonly PlacedConfiguration[];
  /** By x. */
  readonly front: readonly FrontConfiguration[];
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

type Placed = readonly [trial: number, x: number, y: number, level: number, count: number];

interface TradeoffRecord {
  readonly total: number;
  readonly drawn: number;
  readonly points: readonly Placed[];
  readonly candidates: readonly Placed[];
}

/**
 * Where the configurations of a sweep lie between two columns, by their means over seeds: the front's each, of the others
 * one for each place.
 */
export function readTradeoff(store: Store, sweepId: string, asked: TradeoffAsked): Promise<TradeoffRead> {
  return look(store, async (tx) => {
    await allowFolding(tx);
    return tradeoffOf(tx, await readTrialsOf(tx, sweepId), asked);
  });
}

/** The same, within a reading that has allowed folding. */
export async function tradeoffOf(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
  asked: TradeoffAsked,
): Promise<TradeoffRead> {
  const { by } = asked;
  const [levels = null] = by === null ? [] : await readColumnLevels(tx, sweep, [by]);
  const level = by === null || levels === null ? sql`-1` : placeAmong(columnJson(by, sweep), levels);
  const { total, drawn, points, candidates } = await readPlaced(tx, sweep, asked, level);
  const { front, others } = await readFront(tx, sweep, asked, candidates.map(placedOf));
  return { total, drawn, levels, points: [...points.map(placedOf), ...others], front };
}

function placedOf([trial, x, y, level, count]: Placed): PlacedConfiguration {
  return { trial, x, y, level, count };
}

async function readPlaced(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
  { x, y, better, log, filter }: TradeoffAsked,
  level: RawBuilder<unknown>,
): Promise<TradeoffRecord> {
  const turned = (axis: 'x' | 'y', sign: Direction): RawBuilder<unknown> =>
    sql.raw(better[axis] === sign ? axis : `-${axis}`);
  const along = (axis: 'x' | 'y'): RawBuilder<unknown> => sql.raw(log[axis] ? `ln(${axis})` : axis);
  const positive = (['x', 'y'] as const).map((axis) => sql.raw(log[axis] ? `${axis} > 0` : `${axis} is not null`));
  const columns = [x, y].map((column) => meanColumn(column, sweep));
  const { rows } = await sql<{ read: TradeoffRecord }>`
    with ${configurationMeans(sweep, columns, { filter, further: [sql`${level} as level`] })},
    scored as materialized (
      select trial, x, y, level, ${along('x')} as px, ${along('y')} as py,
        ${turned('x', 'minimize')} as cost, ${turned('y', 'maximize')} as gain
      from (select trial, ${nth(0)} as x, ${nth(1)} as y, level from means) m where ${sql.join(positive, sql` and `)}),
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
      join scored s on s.trial = p.trial)
    select json_build_object(
      'total', (select count(*) from means), 'drawn', (select count(*) from scored),
      'points', (select coalesce(json_agg(json_build_array(trial, x, y, level, total) order by trial), '[]') from points),
      'candidates', (select coalesce(json_agg(json_build_array(trial, x, y, level, 1) order by x, trial), '[]') from front)) as read`.execute(
    tx,
  );
  return rows[0]?.read ?? { total: 0, drawn: 0, points: [], candidates: [] };
}

interface Repeat {
  readonly of: number;
  readonly trial: number;
  readonly x: number | null;
  readonly y: number | null;
  readonly numerics_class: string | null;
}

/** The front among its candidates, by means as reports add them up, and those that are not on it. */
async function readFront(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
  asked: TradeoffAsked,
  candidates: readonly PlacedConfiguration[],
): Promise<{ readonly front: readonly FrontConfiguration[]; readonly others: readonly PlacedConfiguration[] }> {
  if (candidates.length === 0) return { front: [], others: [] };
  const { better, shown } = asked;
  const repeats = await readRepeats(
    tx,
    sweep,
    asked,
    candidates.map(({ trial }) => trial),
  );
  const exact = candidates.map((point) => {
    const own = repeats.get(point.trial) ?? [];
    const mean = (axis: 'x' | 'y'): number =>
      isOfConfiguration(asked[axis]) ? point[axis] : meanOf(own.flatMap((repeat) => repeat[axis] ?? []));
    return { ...point, x: mean('x'), y: mean('y') };
  });
  const best = new Set(
    paretoFront(exact, [
      { direction: better.y, value: (point) => point.y },
      { direction: better.x, value: (point) => point.x },
    ]),
  );
  const onFront = exact
    .filter((point) => best.has(point))
    .map((point) => {
      const own = repeats.get(point.trial) ?? [];
      return { ...point, own, repeats: own.flatMap(({ trial, y }) => (y === null ? [] : [{ trial, y }])) };
    });
  const values = await valuesOf(
    tx,
    sweep,
    onFront.flatMap((point) => point.repeats.map(({ trial }) => trial)),
    shown,
  );
  return {
    others: exact.filter((point) => !best.has(point)),
    front: onFront
      .map(({ own, ...point }) => ({
        ...point,
        values: meanValues(
          point.repeats.flatMap(({ trial }) => [values.get(trial) ?? []]),
          shown,
        ),
        numericsClasses: [...new Set(own.flatMap(({ numerics_class: name }) => name ?? []))],
      }))
      .toSorted((a, b) => a.x - b.x || a.trial - b.trial),
  };
}

/** By the first trial of a configuration, its trials in the order of their seeds. */
async function readRepeats(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
  { x, y, filter }: TradeoffAsked,
  firsts: readonly number[],
): Promise<ReadonlyMap<number, readonly Repeat[]>> {
  const { rows } = await sql<Repeat>`
    with own as materialized (
      select w.trial, t.settings_hash, e.configuration ${trialsFrom(sweep)} and w.trial = any(${firsts}::integer[]))
    select o.trial as of, w.trial, ${columnNumber(x, sweep)} as x, ${columnNumber(y, sweep)} as y, t.numerics_class
    from own o join trainings t on t.settings_hash = o.settings_hash
      join sweep_trainings l on l.training_id = t.id and l.sweep_id = ${sweep.id}
      join evaluations e on e.training_id = t.id and e.configuration = o.configuration
      join sweep_evaluations w on w.evaluation_id = e.id and w.sweep_id = l.sweep_id
    where ${whereOf(filter, sweep.constants)} order by o.trial, ${setting('seed')}, w.trial`.execute(tx);
  const repeats = new Map<number, Repeat[]>();
  for (const row of rows) {
    const own = repeats.get(row.of);
    if (own === undefined) repeats.set(row.of, [row]);
    else own.push(row);
  }
  return repeats;
}

async function valuesOf(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
  trials: readonly number[],
  columns: readonly FilterColumn[],
): Promise<ReadonlyMap<number, readonly FilterValue[]>> {
  if (columns.length === 0) return new Map();
  return new Map((await readTrialValues(tx, sweep, trials, columns)).map((row) => [row.trial, row.values]));
}

function meanValues(rows: readonly (readonly FilterValue[])[], columns: readonly FilterColumn[]): FilterValue[] {
  return columns.map((column, place): FilterValue => {
    const values = rows.map((row) => row[place] ?? null);
    if (column.of !== 'metric' || isOfConfiguration(column)) return values[0] ?? null;
    const numbers = values.filter((value) => typeof value === 'number');
    return numbers.length === 0 || numbers.length < values.length ? null : meanOf(numbers);
  });
}
