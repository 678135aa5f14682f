import { formatCount } from '../../base/format-count.ts';
import { formatMeasure } from '../../metrics/metrics.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { axisBars } from '../parts/axis-bars.ts';
import { type AxesModel, axesModel, type Axis, meansOf } from '../parts/axis-model.ts';
import { chosenRows } from '../tables/chosen-rows.ts';
import { whereWords } from '../tables/filter-words.ts';
import { sortByColumn } from '../tables/sort-by-column.ts';
import { formatPercent } from '../../metrics/values/format-value.ts';
import { heatMap } from '../charts/heat-map.ts';
import { beside, captionRule, clipText, fitText, span, type StyledLine } from '../terminal/styled-line.ts';
import { betterOf, columnOf, drawnMetrics, drawnName, variedFields } from '../tables/view-columns.ts';
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

/** The effect of each hyperparameter on a score, how much it matters, and any two of them at once. */
export const axes = readingView<AxesModel>({
  name,
  key: '8',
  help: 'effect of settings; enter: trials by one',
  eventsBelow: true,
  filtered: true,
  choices: [scoreChoice, againstChoice],
  async read(source, { sweepId, snapshot, choices, filter }) {
    const score = chosenValue(name, scoreChoice, { snapshot, state: { choices } });
    // Rows are no setting: effects are those on the rows that one chooses on.
    const fields = variedFields(snapshot).filter((field) => field !== 'split');
    const asked = { score: columnOf(score), fields: fields.map(columnOf), ...(filter === null ? {} : { filter }) };
    const [means, effects] = await Promise.all([
      source.axisMeans(sweepId, asked),
      // Pairs are of all trials.
      filter === null ? source.effects(score) : [],
    ]);
    return axesModel({ score, fields, filter }, means, effects);
  },
  rows: ({ axes: all }) => all.length,
  rowsFrom: 1,
  visible: (_, height) => listedAt(height),
  draw: (model, frame) => drawAxes(model, frame),
  open({ axes: all }, { state }) {
    const chosen = all[state.selected];
    const sort = chosen === undefined ? null : sortByColumn(columnOf(chosen.name), false);
    return sort === null ? null : { view: 'trials', subject: '', sort };
  },
});

/** Axes that are listed at once. */
function listedAt(height: number): number {
  return Math.max(1, Math.min(6, Math.floor(height / 3)) - 1);
}

function drawAxes(model: AxesModel, frame: ViewFrame): readonly StyledLine[] {
  const { snapshot, state, width, height } = frame;
  const where = whereWords(model.filter);
  if (model.axes.length === 0) {
    const why = !model.isScored ? `no trial has ${model.score} yet` : 'all trials have the same settings';
    return [captionRule(`axes${where}`, width), [span(clipText(why, width), 'faint')]];
  }
  const list = chosenRows({
    caption: `axes${where} by share of ${drawnName(snapshot, model.score)}’s variance that each alone explains`,
    headings: null,
    total: model.axes.length,
    from: 0,
    rows: model.axes.map((axis) => axisLine(axis, snapshot)),
    state,
    width,
    height: Math.min(model.axes.length, listedAt(height)) + 1,
  });
  const chosen = model.axes[Math.min(state.selected, model.axes.length - 1)];
  if (chosen === undefined) return list;
  const effect = axisBars(model, chosen, snapshot, width, height - list.length);
  const rest = height - list.length - effect.length;
  // Of fewer rows a map tells nothing.
  const least = Math.min(5, chosen.effect.levels.length + 2);
  return [...list, ...effect, ...(rest >= least ? heatLines(model, chosen, frame, rest) : [])].slice(0, height);
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
