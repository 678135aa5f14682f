import { sql } from 'kysely';
import { paretoFront } from '../../../stats/pareto-front.ts';
import { meanOf } from '../../../stats/mean-of.ts';
import { allowFolding } from '../configurations/allow-folding.ts';
import { type ColumnLevels, placeAmong, readColumnLevels } from '../trials/column-levels.ts';
import { configurationMeans, isOfConfiguration, meanColumn } from '../configurations/configuration-means.ts';
import { type DatabaseTransaction, look, type Store } from '../../database/open-store.ts';
import { setting, type TrialsOf, whereOf } from '../trials/sweep-trials.ts';
import { type Placed, placesOf, placesRead, type PlacesRecord } from './tradeoff-places.ts';
import type { FilterColumn, FilterValue, TrialFilter } from '../trials/trial-filter.ts';
import { columnJson, columnNumber, nth, readTrialsOf, readTrialValues, trialsFrom } from '../trials/trial-values.ts';

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

/**
 * Where the configurations of a sweep lie between two columns, by their means over seeds: the front's each, of the others
 * one for each place.
 */
export function readTradeoff(store: Store, sweepId: string, asked: TradeoffAsked): Promise<TradeoffRead> {
  return look(store, async (tx) => {
    await allowFolding(tx);
    const sweep = await readTrialsOf(tx, sweepId);
    const { x, y, by, better, log, filter } = asked;
    const [levels = null] = by === null ? [] : await readColumnLevels(tx, sweep, [by]);
    const level = by === null || levels === null ? sql`-1` : placeAmong(columnJson(by, sweep), levels);
    const columns = [x, y].map((column) => meanColumn(column, sweep));
    const { rows } = await sql<{ read: PlacesRecord }>`
      with ${configurationMeans(sweep, columns, { filter, further: [sql`${level} as level`] })},
      ${placesOf({ x: nth(0), y: nth(1), level: sql`level`, better, log })}
      select ${placesRead} as read`.execute(tx);
    const [{ read } = { read: nothingPlaced }] = rows;
    return { levels, ...(await placedTradeoff(tx, sweep, asked, read)) };
  });
}

const nothingPlaced: PlacesRecord = { total: 0, drawn: 0, points: [], candidates: [] };

/** Where the configurations lie that a statement has placed, the front's by means as reports add them up. */
export async function placedTradeoff(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
  asked: TradeoffAsked,
  { total, drawn, points, candidates }: PlacesRecord,
): Promise<Omit<TradeoffRead, 'levels'>> {
  const { front, others } = await readFront(tx, sweep, asked, candidates.map(placedOf));
  return { total, drawn, points: [...points.map(placedOf), ...others], front };
}

function placedOf([trial, x, y, level, count]: Placed): PlacedConfiguration {
  return { trial, x, y, level, count };
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
