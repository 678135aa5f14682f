import { formatMeasure, metricNamed } from '../../metrics/metrics.ts';
import { paretoFront } from '../../stats/pareto-front.ts';
import { studentInterval } from '../../stats/student-interval.ts';
import type { SweepSnapshot } from '../../store/sweep-snapshot.ts';
import type { TrialValues } from '../../store/trial-values.ts';
import type { FilterValue } from '../../store/trial-filter.ts';
import { type Category, categoriesOf } from '../categories.ts';
import { formatCount } from '../../base/format-count.ts';
import { formatQuantity, formatSetting } from '../format-value.ts';
import { isSpread, scatterPlot, type ScatterPoint } from '../scatter-plot.ts';
import { beside, captionRule, clipLine, clipText, joinWhatFits, span, type StyledLine } from '../styled-line.ts';
import { plotCaption, tradeoffPlot } from '../tradeoff-plot.ts';
import type { Tradeoff } from '../tradeoff.ts';
import { betterOf, columnOf, drawnMetrics, drawnName, variedFields } from '../view-columns.ts';
import { chosenValue, readingView, type ViewChoice, type ViewFrame } from './view.ts';

const name = 'trade-off';

const xChoice: ViewChoice = {
  name: 'x',
  key: 'x',
  help: 'what lies to the right: the next (or :x NAME)',
  values: (snapshot) => [...new Set(['complexity', ...drawnMetrics(snapshot), ...variedFields(snapshot)])],
};
const yChoice: ViewChoice = {
  name: 'y',
  key: 'y',
  help: 'what lies upwards: the next (or :y NAME)',
  values: drawnMetrics,
};
const byChoice: ViewChoice = {
  name: 'hue',
  key: 'h',
  help: 'what glyphs tell apart (or :hue FIELD)',
  values: (snapshot) => [...variedFields(snapshot), 'none'],
};
const scaleChoice: ViewChoice = {
  name: 'log',
  key: 'l',
  help: 'logarithmic axes: none, x, y, both',
  values: () => ['none', 'x', 'y', 'both'],
};

interface TradeoffModel {
  readonly x: string;
  readonly y: string;
  readonly by: string;
  readonly points: readonly ScatterPoint[];
  readonly front: readonly ScatterPoint[];
  readonly categories: readonly Category[];
  /** Trials without one of the two, or where a logarithm has nothing to take. */
  readonly missing: number;
  readonly details: ReadonlyMap<number, readonly (readonly [name: string, value: FilterValue])[]>;
}

/** Any metric against any other, with the front and a cursor on it. */
export const tradeoffView = readingView<TradeoffModel>({
  name,
  key: '3',
  help: 'metric against metric; j k: the front',
  eventsBelow: true,
  choices: [xChoice, yChoice, byChoice, scaleChoice],
  async read(source, { sweepId, snapshot, choices }) {
    const state = { choices };
    const [x, y, by] = [xChoice, yChoice, byChoice].map((choice) => chosenValue(name, choice, { snapshot, state }));
    const log = chosenValue(name, scaleChoice, { snapshot, state });
    if (x === undefined || y === undefined || by === undefined) throw new RangeError('three choices give three values');
    const shown = [...new Set([x, y, ...drawnMetrics(snapshot).slice(0, 5), ...variedFields(snapshot)])];
    const columns = [x, y, ...(by === 'none' ? [] : [by]), ...shown];
    const rows = await source.values(sweepId, columns.map(columnOf));
    return modelOf({ x, y, by, log }, rows, shown, columns.length - shown.length);
  },
  rows: ({ front }) => front.length,
  visible: () => Number.POSITIVE_INFINITY,
  draw: (model, frame) => drawTradeoff(model, frame),
  open: ({ front }, { state }) => {
    const chosen = front[state.selected];
    return chosen === undefined ? null : { view: 'trial', subject: String(chosen.trial) };
  },
  trials: ({ front }, { state }) => front.slice(state.selected, state.selected + 1).map(({ trial }) => trial),
});

interface Chosen {
  readonly x: string;
  readonly y: string;
  readonly by: string;
  readonly log: string;
}

function modelOf({ x, y, by, log }: Chosen, rows: readonly TrialValues[], shown: readonly string[], from: number) {
  const fits = (value: unknown, axis: string): value is number =>
    typeof value === 'number' && Number.isFinite(value) && (value > 0 || ![axis, 'both'].includes(log));
  const categories = by === 'none' ? null : categoriesOf(rows.map(({ values }) => values[2] ?? null));
  const intervals = intervalsOf(rows);
  const points = rows.flatMap(({ trial, group, values }): readonly ScatterPoint[] => {
    const [xValue, yValue, byValue = null] = values;
    if (!fits(xValue, 'x') || !fits(yValue, 'y')) return [];
    const interval = intervals.get(group);
    const point = { trial, x: xValue, y: yValue, category: categories?.placeOf(byValue) ?? -1 };
    return [interval === undefined ? point : { ...point, interval }];
  });
  const front = paretoFront(points, [
    { direction: betterOf(y), value: (point) => point.y },
    { direction: betterOf(x), value: (point) => point.x },
  ]).toSorted((a, b) => a.x - b.x || a.trial - b.trial);
  const wanted = new Set(front.map(({ trial }) => trial));
  const details = new Map(
    rows
      .filter(({ trial }) => wanted.has(trial))
      .map(({ trial, values }) => [trial, shown.map((each, index) => [each, values[from + index] ?? null] as const)]),
  );
  const missing = rows.length - points.length;
  return { x, y, by, points, front, categories: categories?.all ?? [], missing, details };
}

/** Of configurations with several seeds, what lies upwards. */
function intervalsOf(rows: readonly TrialValues[]): ReadonlyMap<string, readonly [number, number]> {
  const groups = new Map<string, number[]>();
  for (const { group, values } of rows) {
    const value = values[1];
    if (typeof value === 'number') groups.set(group, [...(groups.get(group) ?? []), value]);
  }
  return new Map(
    [...groups].flatMap(([group, values]) => {
      const { lower, upper } = studentInterval(values);
      return lower === null || upper === null ? [] : [[group, [lower, upper] as const] as const];
    }),
  );
}

/** Columns from which the cursor's trial stands beside the plot, and how many it has. */
const besideFrom = 96;
const besideWidth = 34;

function drawTradeoff(model: TradeoffModel, { snapshot, state, width, height }: ViewFrame): readonly StyledLine[] {
  const log = chosenValue(name, scaleChoice, { snapshot, state });
  const cursor = Math.max(0, Math.min(state.selected, model.front.length - 1));
  const left = width >= besideFrom ? width - besideWidth - 1 : width;
  const legend = [
    ...legendOf(model, snapshot, width),
    ...(left === width ? cursorLine(model, cursor, snapshot, width) : []),
  ];
  const logX = ['x', 'both'].includes(log);
  const logY = ['y', 'both'].includes(log);
  const scatter = { ...model, cursor, xName: drawnName(snapshot, model.x), logX, logY };
  const nothing = `no trial has both ${model.y} and ${model.x} yet; x and y choose others`;
  const plot =
    model.points.length === 0
      ? [[], [span(clipText(nothing, left), 'faint')]]
      : scatterPlot(scatter, left, height - 1 - legend.length);
  const body = Array.from({ length: Math.max(0, height - 1 - legend.length) }, (_, row) => plot[row] ?? []);
  const panel = left === width ? body : beside(body, left + 1, cursorLines(model, cursor, snapshot, besideWidth));
  return [captionRule(captionOf(model, snapshot, log), width), ...legend, ...panel].slice(0, height);
}

function captionOf(model: TradeoffModel, snapshot: SweepSnapshot, log: string): string {
  const { x, y, front, points, missing } = model;
  const spread = isSpread(model) ? ', spread about x' : '';
  const without = missing === 0 ? '' : `, ${missing} not drawn`;
  const axes = `${drawnName(snapshot, y)}${['y', 'both'].includes(log) ? ' (log)' : ''} by ${drawnName(snapshot, x)}`;
  return `${axes}: front of ${front.length}, ${formatCount(points.length, 'trial')}${without}${spread}`;
}

function legendOf({ by, categories }: TradeoffModel, snapshot: SweepSnapshot, width: number): readonly StyledLine[] {
  if (categories.length < 2) return [];
  const entries = categories.flatMap(({ glyph, label, tone }) => [span(`${glyph} `, tone), span(`${label}  `)]);
  return [
    clipLine([span(`${drawnName(snapshot, by)}: `, 'heading'), ...entries, span('│ 95 % over seeds', 'faint')], width),
  ];
}

/** The trial under the cursor in one line, where nothing has room beside the plot. */
function cursorLine(
  model: TradeoffModel,
  cursor: number,
  snapshot: SweepSnapshot,
  width: number,
): readonly StyledLine[] {
  const point = model.front[cursor];
  if (point === undefined) return [];
  // What lies upwards first: later ones that do not fit are left out.
  const known = (model.details.get(point.trial) ?? []).toSorted(
    ([a], [b]) => Number(b === model.y) - Number(a === model.y),
  );
  const facts = known.map(
    ([of, value]): StyledLine => [span(`${drawnName(snapshot, of)} `, 'faint'), span(text(of, value))],
  );
  const place = span(`, ${cursor + 1} of ${model.front.length} on the front`, 'faint');
  return [joinWhatFits([[span(`trial ${point.trial}`, 'heading'), place], ...facts], '  ', width)];
}

/** The trial under the cursor. */
function cursorLines(model: TradeoffModel, cursor: number, snapshot: SweepSnapshot, width: number) {
  const point = model.front[cursor];
  if (point === undefined) return [];
  const { interval } = point;
  const facts = model.details.get(point.trial) ?? [];
  const lines: StyledLine[] = [
    [span(`trial ${point.trial}`, 'heading'), span(`  ${cursor + 1} of ${model.front.length} on the front`, 'faint')],
    ...facts.map(([of, value]) => [
      span(`${clipText(drawnName(snapshot, of), 16).padEnd(16)} `),
      span(text(of, value)),
    ]),
  ];
  if (interval !== undefined) {
    const [lower, upper] = interval.map((value) => text(model.y, value));
    lines.push([], [span(`${lower} to ${upper}`), span(' over seeds', 'faint')]);
  }
  return lines.map((line) => clipLine(line, width));
}

function text(of: string, value: FilterValue): string {
  if (typeof value === 'number') return metricNamed(of) === null ? formatSetting(value) : formatMeasure(of, value);
  return typeof value === 'boolean' ? String(value) : value === null ? '–' : formatQuantityOrText(value);
}

function formatQuantityOrText(value: string): string {
  return value === 'Infinity' ? formatQuantity(Number.POSITIVE_INFINITY) : value;
}

/** Caption, plot and axis in exactly so many rows. */
export function plotBlock(trade: Tradeoff, width: number, height: number): readonly StyledLine[] {
  const lines = [captionRule(plotCaption(trade, width - 6), width), ...tradeoffPlot(trade, width, height - 1)];
  return Array.from({ length: height }, (_, row) => lines[row] ?? []);
}
