import { type RawBuilder, sql } from 'kysely';
import { allowFolding } from './allow-folding.ts';
import { type ColumnLevels, placeAmong, readColumnLevels } from './column-levels.ts';
import { type DatabaseTransaction, look, type Store } from '../database/open-store.ts';
import type { TrialsOf } from './sweep-trials.ts';
import type { FilterColumn, FilterValue } from './trial-filter.ts';
import { columnJson, columnNumber, readTrialsOf, readTrialValues, trialsFrom } from './trial-values.ts';

type Direction = 'maximize' | 'minimize';

/** One column against another. */
export interface TradeoffAsked {
  readonly x: FilterColumn;
  readonly y: FilterColumn;
  readonly better: { readonly x: Direction; readonly y: Direction };
  /** Axes of which a logarithm is taken. */
  readonly log: { readonly x: boolean; readonly y: boolean };
  /** What points are told apart by; null: nothing. */
  readonly by: FilterColumn | null;
  /** What is told of the front's trials. */
  readonly shown: readonly FilterColumn[];
}

/** A trial that stands for all in one place, of the level that most of them are of. */
export interface PlacedTrial {
  readonly trial: number;
  readonly x: number;
  readonly y: number;
  /** Place among the levels; −1: none. */
  readonly level: number;
  readonly count: number;
}

/** A trial that no other is better than in both. */
export interface FrontTrial extends PlacedTrial {
  /** In the order of the columns shown. */
  readonly values: readonly FilterValue[];
  /** Trials of its configuration that have a y, with it: they differ in their seed alone. */
  readonly repeats: readonly { readonly trial: number; readonly y: number }[];
}

export interface TradeoffRead {
  /** Trials of the sweep, and those that have both values. */
  readonly total: number;
  readonly drawn: number;
  /** Null where nothing was asked for to tell points by. */
  readonly levels: ColumnLevels | null;
  /** Counts add up to all that are drawn, less the front. */
  readonly points: readonly PlacedTrial[];
  /** By x. */
  readonly front: readonly FrontTrial[];
}

/** Up to so many trials are given each; of more, one stands for all of a place. */
const eachUpTo = 2_000;
/** Places: finer than the cells of any terminal, if not than their dots. */
const placesAcross = 240;
const placesUp = 120;
/** Of few values of x the points are spread about each; so many places wide. */
const fewColumns = 12;
const spreadPlaces = 24;
/** Trials of the front that are given: equal ones may be thousands. */
const frontAtMost = 500;

type Placed = readonly [trial: number, x: number, y: number, level: number, count: number];

interface TradeoffRecord {
  readonly total: number;
  readonly drawn: number;
  readonly points: readonly Placed[];
  readonly front: readonly Placed[];
}

/** Where the trials of a sweep lie between two columns: the front's each, of the others one for each place. */
export function readTradeoff(store: Store, sweepId: string, asked: TradeoffAsked): Promise<TradeoffRead> {
  return look(store, async (tx) => {
    await allowFolding(tx);
    const sweep = await readTrialsOf(tx, sweepId);
    const { by } = asked;
    const [levels = null] = by === null ? [] : await readColumnLevels(tx, sweep, [by]);
    const level = by === null || levels === null ? sql`-1` : placeAmong(columnJson(by, sweep), levels);
    const { total, drawn, points, front } = await readPlaced(tx, sweep, asked, level);
    return {
      ...{ total, drawn, levels },
      points: points.map(placedOf),
      front: await readFront(tx, sweep, asked, front.map(placedOf)),
    };
  });
}

function placedOf([trial, x, y, level, count]: Placed): PlacedTrial {
  return { trial, x, y, level, count };
}

async function readPlaced(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
  { x, y, better, log }: TradeoffAsked,
  level: RawBuilder<unknown>,
): Promise<TradeoffRecord> {
  const turned = (axis: 'x' | 'y', sign: Direction): RawBuilder<unknown> =>
    sql.raw(better[axis] === sign ? axis : `-${axis}`);
  const along = (axis: 'x' | 'y'): RawBuilder<unknown> => sql.raw(log[axis] ? `ln(${axis})` : axis);
  const positive = (['x', 'y'] as const).map((axis) => sql.raw(log[axis] ? `${axis} > 0` : `${axis} is not null`));
  const { rows } = await sql<{ read: TradeoffRecord }>`
    with every as materialized (
      select w.trial, ${columnNumber(x, sweep)} as x, ${columnNumber(y, sweep)} as y, ${level} as level ${trialsFrom(sweep)}),
    scored as materialized (
      select trial, x, y, level, ${along('x')} as px, ${along('y')} as py,
        ${turned('x', 'minimize')} as cost, ${turned('y', 'maximize')} as gain
      from every where ${sql.join(positive, sql` and `)}),
    ends as materialized (
      select min(px) as least_x, nullif(max(px) - min(px), 0) as range_x, min(py) as least_y,
        nullif(max(py) - min(py), 0) as range_y, count(*) <= ${eachUpTo} as each,
        (select count(*) from (select distinct x from scored limit ${fewColumns + 1}) d) <= ${fewColumns} as few
      from scored),
    best as (select cost, max(gain) as gain from scored group by cost),
    stairs as (
      select cost, gain from (
        select cost, gain, max(gain) over (order by cost rows between unbounded preceding and 1 preceding) as before
        from best) b
      where before is null or gain > before),
    front as materialized (select s.* from scored s join stairs using (cost, gain) order by s.x, s.trial limit ${frontAtMost}),
    placed as (
      select level, case when each then trial end as own, case when few then x end as column_x,
        case when few then floor(((trial * 0.61803398875::numeric) % 1) * ${spreadPlaces}) end as spread,
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
      'total', (select count(*) from every), 'drawn', (select count(*) from scored),
      'points', (select coalesce(json_agg(json_build_array(trial, x, y, level, total) order by trial), '[]') from points),
      'front', (select coalesce(json_agg(json_build_array(trial, x, y, level, 1) order by x, trial), '[]') from front)) as read`.execute(
    tx,
  );
  return rows[0]?.read ?? { total: 0, drawn: 0, points: [], front: [] };
}

async function readFront(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
  { y, shown }: TradeoffAsked,
  front: readonly PlacedTrial[],
): Promise<readonly FrontTrial[]> {
  if (front.length === 0) return [];
  const numbers = front.map(({ trial }) => trial);
  const values = new Map((await readTrialValues(tx, sweep, numbers, shown)).map((row) => [row.trial, row.values]));
  const { rows } = await sql<{ readonly of: number; readonly trial: number; readonly y: number }>`
    with own as materialized (
      select w.trial, t.settings_hash, e.configuration ${trialsFrom(sweep)} and w.trial = any(${numbers}::integer[])),
    repeated as (
      select o.trial as of, w.trial, ${columnNumber(y, sweep)} as y
      from own o join trainings t on t.settings_hash = o.settings_hash
        join sweep_trainings l on l.training_id = t.id and l.sweep_id = ${sweep.id}
        join evaluations e on e.training_id = t.id and e.configuration = o.configuration
        join sweep_evaluations w on w.evaluation_id = e.id and w.sweep_id = l.sweep_id)
    select of, trial, y from repeated where y is not null order by of, trial`.execute(tx);
  const repeats = new Map<number, { trial: number; y: number }[]>();
  for (const { of, ...repeat } of rows) repeats.set(of, [...(repeats.get(of) ?? []), repeat]);
  return front.map((point) => ({
    ...point,
    values: values.get(point.trial) ?? [],
    repeats: repeats.get(point.trial) ?? [],
  }));
}
