import { paretoFront } from '../../src/stats/pareto-front.ts';
import { meanOf } from '../../src/stats/mean-of.ts';
import { studentInterval } from '../../src/stats/student-interval.ts';
import type { AxisMeans, LevelMean, MeanParts } from '../../src/store/views/configurations/axis-means.ts';
import { type ColumnLevels, compareValues, levelsAtMost } from '../../src/store/views/trials/column-levels.ts';
import type {
  ConfigurationPage,
  ConfigurationsAsked,
} from '../../src/store/views/configurations/configuration-page.ts';
import type { TrialSort } from '../../src/store/views/sweep-snapshot.ts';
import type { TradeoffAsked, TradeoffRead } from '../../src/store/views/tradeoff/tradeoff-view.ts';
import type { FilterColumn, FilterValue } from '../../src/store/views/trials/trial-filter.ts';

/*
 * What the record's queries fold, folded in memory from all trials, as the dashboard itself once did: a made-up record is
 * looked at by it, and the queries are held to it.
 */

/** A trial to be folded. */
export interface FoldedTrial {
  readonly trial: number;
  /** The same for trials that differ in their seed alone. */
  readonly repeats: string;
  readonly numericsClass: string | null;
  readonly failed: boolean;
  value(column: FilterColumn): FilterValue;
}

export function levelsOf(values: readonly FilterValue[]): ColumnLevels {
  const distinct = [...new Set(values)].toSorted(compareValues);
  if (distinct.length <= levelsAtMost) return { kind: 'each', values: distinct };
  const numbers = values.filter((value) => typeof value === 'number').toSorted((a, b) => a - b);
  if (numbers.length === 0) return { kind: 'first', values: distinct.slice(0, levelsAtMost - 1) };
  const bounds = [1, 2, 3].map((part) => numbers[Math.floor((part * (numbers.length - 1)) / 4)] ?? 0);
  return { kind: 'quarters', bounds: [...new Set(bounds)] };
}

export function placeOf(value: FilterValue, levels: ColumnLevels): number {
  if (levels.kind === 'each') return levels.values.indexOf(value);
  if (levels.kind === 'first') {
    const place = levels.values.indexOf(value);
    return place < 0 ? levels.values.length : place;
  }
  if (typeof value !== 'number') return -1;
  const place = levels.bounds.findIndex((bound) => value <= bound);
  return place < 0 ? levels.bounds.length : place;
}

export function foldTradeoff(trials: readonly FoldedTrial[], asked: TradeoffAsked): TradeoffRead {
  const { x, y, better, log, by, shown } = asked;
  const levels = by === null ? null : levelsOf(trials.map((trial) => trial.value(by)));
  const fits = (value: number | null, isLog: boolean): value is number => value !== null && (value > 0 || !isLog);
  const groups = [...grouped(trials, ({ repeats }) => repeats).values()];
  const points = groups.flatMap((group) => {
    const [of] = group;
    const [ofX, ofY] = [meanOfTrials(group, x), meanOfTrials(group, y)];
    if (of === undefined || !fits(ofX, log.x) || !fits(ofY, log.y)) return [];
    const level = by === null || levels === null ? -1 : placeOf(of.value(by), levels);
    return [{ group, trial: of.trial, x: ofX, y: ofY, level, count: 1 }];
  });
  const best = paretoFront(points, [
    { direction: better.y, value: (point) => point.y },
    { direction: better.x, value: (point) => point.x },
  ]).toSorted((a, b) => a.x - b.x || a.trial - b.trial);
  const front = best.map(({ group, ...point }) => {
    const scored = group.filter((trial) => finiteOf(trial, y) !== null);
    return {
      ...point,
      values: shown.map((column) =>
        column.of === 'metric' ? meanOfTrials(scored, column) : (group[0]?.value(column) ?? null),
      ),
      repeats: scored.flatMap((trial) => ({ trial: trial.trial, y: finiteOf(trial, y) ?? Number.NaN })),
      numericsClasses: [...new Set(group.flatMap(({ numericsClass }) => numericsClass ?? []))],
    };
  });
  const others = points.flatMap((point) => {
    const { trial, level, count } = point;
    return best.includes(point) ? [] : [{ trial, x: point.x, y: point.y, level, count }];
  });
  return { total: groups.length, drawn: points.length, levels, points: others, front };
}

/** The mean over those that have a finite one; null: none has. */
function meanOfTrials(trials: readonly FoldedTrial[], column: FilterColumn): number | null {
  const values = trials.flatMap((trial) => finiteOf(trial, column) ?? []);
  return values.length === 0 ? null : meanOf(values);
}

function finiteOf(trial: FoldedTrial, column: FilterColumn): number | null {
  const value = trial.value(column);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function foldAxisMeans(
  trials: readonly FoldedTrial[],
  { score, fields }: { readonly score: FilterColumn; readonly fields: readonly FilterColumn[] },
): AxisMeans {
  const levels = fields.map((field) => levelsOf(trials.map((trial) => trial.value(field))));
  const scored = trials.flatMap((trial) => {
    const value = trial.value(score);
    const places = fields.map((field, index) => placeOf(trial.value(field), levels[index] ?? levelsOf([])));
    return typeof value === 'number' && Number.isFinite(value) ? [{ value, places }] : [];
  });
  const sets = fields.flatMap((_, one) => [[one], ...fields.flatMap((_other, two) => (two > one ? [[one, two]] : []))]);
  const means = sets.flatMap((set): LevelMean[] => {
    const groups = grouped(scored, ({ places }) => set.map((field) => places[field] ?? -1).join());
    return [...groups].map(([key, group]) => ({
      fields: set,
      places: key.split(',').map(Number),
      ...partsOf(group.map(({ value }) => value)),
    }));
  });
  return { scored: scored.length === 0 ? null : partsOf(scored.map(({ value }) => value)), levels, means };
}

export function foldConfigurations(
  trials: readonly FoldedTrial[],
  { metrics, sort, fields, offset, limit }: ConfigurationsAsked,
): ConfigurationPage {
  const groups = [...grouped(trials, ({ repeats }) => repeats).values()];
  const cost = (group: readonly FoldedTrial[]): number => {
    const place = placeIn(group, sort);
    return place === null ? Number.POSITIVE_INFINITY : sort.direction === 'maximize' ? -place : place;
  };
  const first = ([trial]: readonly FoldedTrial[]): number => trial?.trial ?? 0;
  groups.sort((a, b) => (cost(a) === cost(b) ? 0 : cost(a) - cost(b)) || first(a) - first(b));
  const rows = groups.slice(offset, offset + limit).map((group) => ({
    trials: group.map(({ trial }) => trial),
    settings: fields.map((field) => group[0]?.value(field) ?? null),
    scores: metrics.map((metric) => {
      const scored = group.flatMap((trial) => {
        const value = trial.value(metric);
        return typeof value === 'number' && Number.isFinite(value) ? [{ trial: trial.trial, value }] : [];
      });
      if (scored.length === 0) return null;
      return { ...partsOf(scored.map(({ value }) => value)), trials: scored.map(({ trial }) => trial) };
    }),
    failed: group.filter(({ failed }) => failed).length,
  }));
  return { total: groups.length, from: offset, rows };
}

function placeIn(group: readonly FoldedTrial[], { by, name }: TrialSort): number | null {
  if (by === 'trial') return group[0]?.trial ?? null;
  if (by === 'state') return -group.filter(({ failed }) => failed).length;
  return meanOfTrials(group, { of: by, name });
}

function partsOf(values: readonly number[]): MeanParts {
  const { count, mean, deviation } = studentInterval(values);
  return { count, mean, deviation };
}

function grouped<Value>(values: readonly Value[], keyOf: (value: Value) => string): ReadonlyMap<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  return groups;
}
