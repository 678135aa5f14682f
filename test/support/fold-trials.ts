import { paretoFront } from '../../src/stats/pareto-front.ts';
import { studentInterval } from '../../src/stats/student-interval.ts';
import type { AxisMeans, LevelMean, MeanParts } from '../../src/store/views/axis-means.ts';
import { type ColumnLevels, compareValues, levelsAtMost } from '../../src/store/views/column-levels.ts';
import type { ConfigurationPage, ConfigurationsAsked } from '../../src/store/views/configuration-page.ts';
import type { TradeoffAsked, TradeoffRead } from '../../src/store/views/tradeoff-view.ts';
import type { FilterColumn, FilterValue } from '../../src/store/views/trial-filter.ts';

/*
 * What the record's queries fold, folded in memory from all trials, as the dashboard itself once did: a made-up record is
 * looked at by it, and the queries are held to it.
 */

/** A trial to be folded. */
export interface FoldedTrial {
  readonly trial: number;
  /** The same for trials that differ in their seed alone. */
  readonly repeats: string;
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
  const fits = (value: FilterValue, isLog: boolean): value is number =>
    typeof value === 'number' && Number.isFinite(value) && (value > 0 || !isLog);
  const points = trials.flatMap((trial) => {
    const [ofX, ofY] = [trial.value(x), trial.value(y)];
    if (!fits(ofX, log.x) || !fits(ofY, log.y)) return [];
    const level = by === null || levels === null ? -1 : placeOf(trial.value(by), levels);
    return [{ of: trial, trial: trial.trial, x: ofX, y: ofY, level, count: 1 }];
  });
  const best = paretoFront(points, [
    { direction: better.y, value: (point) => point.y },
    { direction: better.x, value: (point) => point.x },
  ]).toSorted((a, b) => a.x - b.x || a.trial - b.trial);
  const front = best.map(({ of, ...point }) => ({
    ...point,
    values: shown.map((column) => of.value(column)),
    repeats: trials.flatMap((trial) => {
      const value = trial.value(y);
      return trial.repeats === of.repeats && typeof value === 'number' && Number.isFinite(value)
        ? [{ trial: trial.trial, y: value }]
        : [];
    }),
  }));
  const others = points.flatMap((point) => {
    const { trial, level, count } = point;
    return best.includes(point) ? [] : [{ trial, x: point.x, y: point.y, level, count }];
  });
  return { total: trials.length, drawn: points.length, levels, points: others, front };
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
  { metrics, better, fields, offset, limit }: ConfigurationsAsked,
): ConfigurationPage {
  const rows = [...grouped(trials, ({ repeats }) => repeats).values()].map((group) => ({
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
  const cost = (row: (typeof rows)[number]): number => {
    const mean = row.scores[0]?.mean;
    return mean === undefined ? Number.POSITIVE_INFINITY : better === 'maximize' ? -mean : mean;
  };
  rows.sort((a, b) => cost(a) - cost(b) || (a.trials[0] ?? 0) - (b.trials[0] ?? 0));
  return { total: rows.length, from: offset, rows: rows.slice(offset, offset + limit) };
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
