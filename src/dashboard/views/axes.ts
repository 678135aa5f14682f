import { formatCount } from '../../base/format-count.ts';
import { formatMeasure } from '../../metrics/metrics.ts';
import { type AxisEffect, axisEffect, type AxisLevel } from '../../stats/axis-effect.ts';
import type { AxisMeans } from '../../store/views/axis-means.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { labelsOf } from '../charts/categories.ts';
import { chosenRows } from '../tables/chosen-rows.ts';
import { formatPercent } from '../terminal/format-value.ts';
import { heatMap, type HeatCell } from '../charts/heat-map.ts';
import { beside, captionRule, clipText, fitText, span, type StyledLine } from '../terminal/styled-line.ts';
import { betterOf, columnOf, drawnMetrics, drawnName, variedFields } from '../tables/view-columns.ts';
import type { SettingEffect } from '../view-source.ts';
import { chosenValue, readingView, type ViewChoice, type ViewFrame } from './view.ts';

const name = 'axes';

const scoreChoice: ViewChoice = {
  name: 'y',
  key: 'y',
  help: 'what lies upwards: the next (or :y NAME)',
  values: drawnMetrics,
};
const againstChoice: ViewChoice = {
  name: 'x',
  key: 'x',
  help: 'what lies to the right: the next (or :x NAME)',
  values: (snapshot) => ['next', ...variedFields(snapshot)],
};

interface Axis {
  readonly name: string;
  readonly effect: AxisEffect<string>;
}

interface AxesModel {
  readonly score: string;
  /** The most important first. */
  readonly axes: readonly Axis[];
  readonly isScored: boolean;
  /** The score's mean by a level of each of two fields, as `pairKey` names them. */
  readonly pairs: ReadonlyMap<string, number>;
  /** By field. */
  readonly effects: ReadonlyMap<string, SettingEffect>;
}

/** The effect of each hyperparameter on a score, how much it matters, and any two of them at once. */
export const axes = readingView<AxesModel>({
  name,
  key: '8',
  help: 'effect of each setting, heat map of two',
  eventsBelow: true,
  choices: [scoreChoice, againstChoice],
  async read(source, { sweepId, snapshot, choices }) {
    const score = chosenValue(name, scoreChoice, { snapshot, state: { choices } });
    const fields = variedFields(snapshot);
    const asked = { score: columnOf(score), fields: fields.map(columnOf) };
    const [means, effects] = await Promise.all([source.axisMeans(sweepId, asked), source.effects(score)]);
    return {
      score,
      isScored: means.scored !== null,
      axes: axesOf(fields, means),
      pairs: pairsOf(fields, means),
      effects: new Map(effects.map((effect) => [effect.name, effect])),
    };
  },
  rows: ({ axes: all }) => all.length,
  rowsFrom: 1,
  visible: (_, height) => Math.max(1, Math.min(6, Math.floor(height / 3)) - 1),
  draw: (model, frame) => drawAxes(model, frame),
});

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

function drawAxes(model: AxesModel, frame: ViewFrame): readonly StyledLine[] {
  const { snapshot, state, width, height } = frame;
  if (model.axes.length === 0) {
    const why = !model.isScored ? `no trial has ${model.score} yet` : 'all trials have the same settings';
    return [captionRule('axes', width), [span(clipText(why, width), 'faint')]];
  }
  const listed = Math.min(model.axes.length, Math.max(1, Math.min(6, Math.floor(height / 3)) - 1));
  const list = chosenRows({
    caption: `axes by share of ${drawnName(snapshot, model.score)}’s variance that each alone explains`,
    headings: null,
    total: model.axes.length,
    from: 0,
    rows: model.axes.map((axis) => axisLine(axis, snapshot)),
    state,
    width,
    height: listed + 1,
  });
  const chosen = model.axes[Math.min(state.selected, model.axes.length - 1)];
  if (chosen === undefined) return list;
  const paired = pairedLines(model, chosen, snapshot, width);
  const effect = paired.length > 0 ? paired : effectLines(chosen, model.score, snapshot, width);
  const rest = height - list.length - effect.length;
  return [...list, ...effect, ...(rest >= 4 ? heatLines(model, chosen, frame, rest) : [])].slice(0, height);
}

function axisLine({ name: field, effect }: Axis, snapshot: SweepSnapshot): StyledLine {
  const bar = Math.round(20 * effect.importance);
  return [
    span(`${fitText(drawnName(snapshot, field), 16)} `, 'heading'),
    span('█'.repeat(bar), 'accent'),
    span('·'.repeat(20 - bar), 'faint'),
    span(` ${formatPercent(effect.importance, 1)}  ${formatCount(effect.levels.length, 'value')}`),
  ];
}

/** Differences between values over configurations that differ in nothing else; none where no two do. */
function pairedLines(
  { score, effects }: AxesModel,
  axis: Axis,
  snapshot: SweepSnapshot,
  width: number,
): readonly StyledLine[] {
  const found = effects.get(axis.name)?.values ?? [];
  const [first] = found;
  const levels = axis.effect.levels.flatMap(({ value, score: { mean } }) => {
    const own = found.find(({ text }) => text === value);
    return own === undefined ? [] : [{ ...own, value, mean }];
  });
  if (
    first === undefined ||
    levels.length < axis.effect.levels.length ||
    levels.every((one) => one.difference === null)
  )
    return [];
  const ends = levels.flatMap(({ difference: d }) =>
    d === null ? [0] : [d.mean, d.lower ?? d.mean, d.upper ?? d.mean],
  );
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const best = bestLevel(axis.effect.levels, score);
  const names = Math.max(...levels.map(({ value }) => value.length));
  const texts = levels.map(({ text, mean, difference, pairs }) =>
    text === first.text
      ? `${formatMeasure(score, mean)} mean`
      : difference === null
        ? `${formatMeasure(score, mean)} mean, no pair`
        : `${signedText(score, difference)} ${formatCount(pairs, 'pair')}`,
  );
  const room = Math.max(0, Math.min(60, width - names - Math.max(...texts.map(({ length }) => length)) - 6));
  const kinds = new Set(levels.flatMap((one) => (one.difference === null ? [] : [one.over])));
  const [only = 'seeds and rows'] = kinds;
  const over = kinds.size < 2 ? only : kinds.has('seeds') ? 'seeds' : 'seeds and rows';
  const caption = `${drawnName(snapshot, score)} by ${drawnName(snapshot, axis.name)}: difference from ${first.text}, 95 % over ${over}`;
  return [
    captionRule(caption, width),
    ...levels.map(({ value, difference }, index): StyledLine => {
      const at = difference ?? { mean: 0, lower: null, upper: null };
      return [
        span(value === best ? '* ' : '  ', 'good'),
        span(`${fitText(value, names, 'right')} `),
        span(room < 10 ? '' : `${bar(at, low, high, room)} `, 'accent'),
        span(texts[index] ?? ''),
      ];
    }),
  ];
}

function signedText(
  score: string,
  { mean, lower, upper }: NonNullable<SettingEffect['values'][number]['difference']>,
): string {
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${formatMeasure(score, Math.abs(value))}`;
  return lower === null || upper === null ? signed(mean) : `${signed(mean)} (${signed(lower)} to ${signed(upper)})`;
}

/** The mean of each value with its interval, between the worst and the best of all. */
function effectLines(axis: Axis, score: string, snapshot: SweepSnapshot, width: number): readonly StyledLine[] {
  const { levels } = axis.effect;
  const ends = levels.flatMap(({ score: { mean, lower, upper } }) => [mean, lower ?? mean, upper ?? mean]);
  const low = ends.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = ends.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const best = bestLevel(levels, score);
  const names = Math.max(...levels.map(({ value }) => value.length));
  const texts = levels.map(({ score: { mean, lower, upper, count } }) => {
    const interval =
      lower === null || upper === null ? '' : ` (${formatMeasure(score, lower)} to ${formatMeasure(score, upper)})`;
    return `${formatMeasure(score, mean)}${interval} n=${count}`;
  });
  const textWidth = Math.max(...texts.map(({ length }) => length));
  const room = Math.max(0, Math.min(60, width - names - textWidth - 6));
  return [
    captionRule(`${drawnName(snapshot, score)} by ${drawnName(snapshot, axis.name)}, mean and 95 %`, width),
    ...levels.map(
      ({ value, score: at }, index): StyledLine => [
        span(value === best ? '* ' : '  ', 'good'),
        span(`${fitText(value, names, 'right')} `),
        span(room < 10 ? '' : `${bar(at, low, high, room)} `, 'accent'),
        span(texts[index] ?? ''),
      ],
    ),
  ];
}

function bestLevel(levels: readonly AxisLevel<string>[], score: string): string | undefined {
  const sign = betterOf(score) === 'maximize' ? -1 : 1;
  return levels.toSorted((a, b) => sign * (a.score.mean - b.score.mean))[0]?.value;
}

function bar(
  { mean, lower, upper }: Pick<AxisLevel<string>['score'], 'mean' | 'lower' | 'upper'>,
  low: number,
  high: number,
  room: number,
): string {
  const at = (value: number): number => (high > low ? Math.round(((value - low) / (high - low)) * (room - 1)) : 0);
  const [from, middle, to] = [at(lower ?? mean), at(mean), at(upper ?? mean)];
  return Array.from({ length: room }, (_, column) => {
    if (column === middle) return '●';
    return column >= from && column <= to ? '─' : ' ';
  }).join('');
}

/** Columns from which two heat maps stand side by side. */
const besideFrom = 150;

/** The chosen axis with one other, and with the next ones while there is room. */
function heatLines(model: AxesModel, chosen: Axis, frame: ViewFrame, height: number): readonly StyledLine[] {
  const wanted = chosenValue(name, againstChoice, frame);
  const others = model.axes.filter((axis) => axis.name !== chosen.name);
  const first = others.find((axis) => axis.name === wanted) ?? others[0];
  if (first === undefined) return [];
  const all = [first, ...others.filter((axis) => axis !== first)];
  const across = frame.width >= besideFrom && all.length > 1 ? 2 : 1;
  const tall = chosen.effect.levels.length + 2;
  const down = Math.max(1, Math.floor((height + 1) / (tall + 1)));
  const half = across === 1 ? frame.width : Math.floor((frame.width - 1) / 2);
  const maps = all
    .slice(0, across * down)
    .map((other) => heatBlock(model, chosen, other, frame, half, Math.min(tall, height)));
  return Array.from({ length: Math.ceil(maps.length / across) }, (_, row) => {
    const [left = [], right = []] = maps.slice(row * across, (row + 1) * across);
    return [...(row === 0 ? [] : [[]]), ...(right.length === 0 ? left : beside(left, half + 1, right))];
  }).flat();
}

function heatBlock(
  model: AxesModel,
  chosen: Axis,
  other: Axis,
  { snapshot }: ViewFrame,
  width: number,
  height: number,
): readonly StyledLine[] {
  const rows = chosen.effect.levels.map(({ value }) => value);
  const columns = other.effect.levels.map(({ value }) => value);
  const cells = meansOf(model, chosen, other);
  const caption = `mean ${drawnName(snapshot, model.score)}: ${drawnName(snapshot, chosen.name)} down, ${drawnName(snapshot, other.name)} across`;
  const format = (value: number): string => formatMeasure(model.score, value);
  const better = betterOf(model.score);
  return [captionRule(caption, width), ...heatMap({ rows, columns, cells, format, better, width, height: height - 1 })];
}

/** The mean score at each value of one axis, by those of another; null: no trial has both. */
function meansOf({ pairs }: AxesModel, down: Axis, across: Axis): readonly (readonly (HeatCell | null)[])[] {
  return down.effect.levels.map(({ value: row }) =>
    across.effect.levels.map(({ value: column }): HeatCell | null => {
      const mean = pairs.get(pairKey(down.name, row, across.name, column));
      return mean === undefined ? null : { mean };
    }),
  );
}
