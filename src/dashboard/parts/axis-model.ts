import { type AxisEffect, axisEffect, type AxisLevel } from '../../stats/axis-effect.ts';
import type { AxisMeans } from '../../store/views/configurations/axis-means.ts';
import type { TrialFilter } from '../../store/views/trials/trial-filter.ts';
import { labelsOf } from '../charts/categories.ts';
import type { HeatCell } from '../charts/heat-map.ts';
import { betterOf } from '../tables/view-columns.ts';
import type { SettingEffect } from '../reading/view-source.ts';

/** A field with what its levels do to the score. */
export interface Axis {
  readonly name: string;
  readonly effect: AxisEffect<string>;
}

/** Effects of the fields of a sweep on a score, each alone and any two at once. */
export interface AxesModel {
  readonly score: string;
  /** The most important first. */
  readonly axes: readonly Axis[];
  readonly isScored: boolean;
  /** Which trials were looked at; null: all. */
  readonly filter: TrialFilter | null;
  /** The score's mean by a level of each of two fields, as `pairKey` names them. */
  readonly pairs: ReadonlyMap<string, number>;
  /** By field. */
  readonly effects: ReadonlyMap<string, SettingEffect>;
}

export function axesModel(
  { score, fields, filter }: { readonly score: string; readonly fields: readonly string[]; filter: TrialFilter | null },
  means: AxisMeans,
  effects: readonly SettingEffect[],
): AxesModel {
  return {
    ...{ score, filter },
    isScored: means.scored !== null,
    axes: axesOf(fields, means),
    pairs: pairsOf(fields, means),
    effects: new Map(effects.map((effect) => [effect.name, effect])),
  };
}

/** The most important first. */
function axesOf(fields: readonly string[], { means, levels }: AxisMeans): readonly Axis[] {
  return fields
    .flatMap((field, index): readonly Axis[] => {
      const own = means
        .filter((mean) => mean.fields.length === 1 && mean.fields[0] === index)
        .toSorted((a, b) => (a.places[0] ?? 0) - (b.places[0] ?? 0))
        .map((score) => ({ value: levelName(levels[index], score.places[0]), score }));
      return own.length === 0 ? [] : [{ name: field, effect: axisEffect(own) }];
    })
    .toSorted((a, b) => b.effect.importance - a.effect.importance);
}

/** The name of a level by its place; of none, a dash. */
function levelName(levels: AxisMeans['levels'][number] | undefined, place: number | undefined): string {
  return (levels === undefined ? [] : labelsOf(levels))[place ?? -1] ?? '–';
}

function pairsOf(fields: readonly string[], { means, levels }: AxisMeans): ReadonlyMap<string, number> {
  const pairs = new Map<string, number>();
  for (const {
    fields: [one = -1, other = -1],
    places,
    mean,
  } of means) {
    const [first, second] = [fields[one], fields[other]];
    if (first === undefined || second === undefined) continue;
    const [down, across] = [levelName(levels[one], places[0]), levelName(levels[other], places[1])];
    pairs.set(pairKey(first, down, second, across), mean);
    pairs.set(pairKey(second, across, first, down), mean);
  }
  return pairs;
}

function pairKey(...of: readonly string[]): string {
  return JSON.stringify(of);
}

/** The mean score at each value of one axis, by those of another; null: no trial has both. */
export function meansOf({ pairs }: AxesModel, down: Axis, across: Axis): readonly (readonly (HeatCell | null)[])[] {
  return down.effect.levels.map(({ value: row }) =>
    across.effect.levels.map(({ value: column }): HeatCell | null => {
      const mean = pairs.get(pairKey(down.name, row, across.name, column));
      return mean === undefined ? null : { mean };
    }),
  );
}

/** A level of an axis with its difference from the first, over configurations that differ in nothing else. */
export type PairedLevel = SettingEffect['values'][number] & { readonly value: string; readonly mean: number };

/** Of each level of an axis; null: there are no two such configurations, or not of each level. */
export function pairedLevels({ effects }: AxesModel, { name, effect }: Axis): readonly PairedLevel[] | null {
  const found = effects.get(name)?.values ?? [];
  const levels = effect.levels.flatMap(({ value, score: { mean } }): readonly PairedLevel[] => {
    const own = found.find(({ text }) => text === value);
    return own === undefined ? [] : [{ ...own, value, mean }];
  });
  const whole = found.length > 0 && levels.length === effect.levels.length;
  return whole && levels.some(({ difference }) => difference !== null) ? levels : null;
}

/** The level with the best mean. */
export function bestLevel(levels: readonly AxisLevel<string>[], score: string): string | undefined {
  const sign = betterOf(score) === 'maximize' ? -1 : 1;
  return levels.toSorted((a, b) => sign * (a.score.mean - b.score.mean))[0]?.value;
}
