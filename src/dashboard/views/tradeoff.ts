import { formatMeasure, metricNamed } from '../../metrics/metrics.ts';
import { withinRange } from '../../metrics/within-range.ts';
import { studentInterval } from '../../stats/student-interval.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { FrontTrial, TradeoffRead } from '../../store/views/tradeoff-view.ts';
import type { FilterValue } from '../../store/views/trial-filter.ts';
import { type Category, categoriesOf } from '../charts/categories.ts';
import { formatCount } from '../../base/format-count.ts';
import { formatQuantity, formatSetting } from '../terminal/format-value.ts';
import { outsideText } from '../charts/outliers.ts';
import { isSpread, scatterPlot, type ScatterPoint, seenOf } from '../charts/scatter-plot.ts';
import {
  beside,
  captionRule,
  clipLine,
  clipText,
  joinWhatFits,
  span,
  type StyledLine,
} from '../terminal/styled-line.ts';
import { plotCaption, tradeoffPlot } from '../charts/tradeoff-plot.ts';
import type { Tradeoff } from '../tradeoff.ts';
import { betterOf, columnOf, drawnMetrics, drawnName, variedFields } from '../tables/view-columns.ts';
import type { NoiseInterval, ViewSource } from '../view-source.ts';
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
  readonly front: readonly FrontPoint[];
  readonly categories: readonly Category[];
  /** Trials that are drawn, and those without one of the two, or where a logarithm has nothing to take. */
  readonly drawn: number;
  readonly missing: number;
}

/** A point of the front with what is told of it. */
interface FrontPoint extends ScatterPoint {
  readonly details: readonly (readonly [name: string, value: FilterValue])[];
  readonly repeats: FrontTrial['repeats'];
  /** The repeats that its interval is over. */
  readonly over: 'seeds' | NoiseInterval['over'];
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
    const shown = [...new Set([y, x, ...drawnMetrics(snapshot).slice(0, 5), ...variedFields(snapshot)])];
    const read = await source.tradeoff(sweepId, {
      x: columnOf(x),
      y: columnOf(y),
      better: { x: betterOf(x), y: betterOf(y) },
      log: { x: ['x', 'both'].includes(log), y: ['y', 'both'].includes(log) },
      by: by === 'none' ? null : columnOf(by),
      shown: shown.map(columnOf),
    });
    return withNoise(modelOf({ x, y, by }, read, shown), source, sweepId, 'known');
  },
  refine: (model, source, { sweepId }) => withNoise(model, source, sweepId, 'all'),
  rows: ({ front }) => front.length,
  visible: () => Number.POSITIVE_INFINITY,
  draw: (model, frame) => drawTradeoff(model, frame),
  open: ({ front }, { state }) => {
    const chosen = front[state.selected];
    return chosen === undefined ? null : { view: 'trial', subject: String(chosen.trial) };
  },
  trials: ({ front }, { state }) => front.slice(state.selected, state.selected + 1).map(({ trial }) => trial),
});

function modelOf(
  axes: Pick<TradeoffModel, 'x' | 'y' | 'by'>,
  { total, drawn, levels, points: others, front: best }: TradeoffRead,
  shown: readonly string[],
): TradeoffModel {
  const front = best.map((trial): FrontPoint => {
    const { values, repeats, level: category, ...point } = trial;
    const { lower, upper } = withinRange(
      axes.y,
      studentInterval(repeats.length === 0 ? [trial.y] : repeats.map(({ y }) => y)),
    );
    const details = shown.map((name, index) => [name, values[index] ?? null] as const);
    const own = { ...point, category, details, repeats, over: 'seeds' as const };
    // Seeds that agree to the last bit tell nothing of noise: no interval of ±0.
    return lower === null || upper === null || lower === upper ? own : { ...own, interval: [lower, upper] };
  });
  const points = [...others.map(({ level: category, ...point }) => ({ ...point, category })), ...front];
  const categories = levels === null ? [] : categoriesOf(levels);
  return { ...axes, points, front, categories, drawn, missing: total - drawn };
}

/** The front's intervals over rows too, where outputs are there. */
async function withNoise(
  model: TradeoffModel,
  source: ViewSource,
  sweepId: string,
  which: 'known' | 'all',
): Promise<TradeoffModel> {
  const groups = model.front.map(({ repeats }) => ({
    trials: repeats.map(({ trial }) => trial),
    mean: repeats.reduce((sum, { y }) => sum + y, 0) / repeats.length,
  }));
  const found = await source.intervals(sweepId, groups, model.y, which);
  const front = model.front.map((point, index): FrontPoint => {
    const noise = found[index] ?? null;
    return noise === null ? point : { ...point, interval: [noise.lower, noise.upper], over: noise.over };
  });
  return { ...model, front };
}

/** The repeats that all of the intervals are over, in words. */
function overWords(front: readonly FrontPoint[]): string {
  const known = new Set(front.flatMap(({ interval, over }) => (interval === undefined ? [] : [over])));
  const [first = 'seeds', ...more] = known;
  return more.length === 0 ? first : 'seeds, and rows where outputs are here';
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
  const { x, y, front, drawn, missing } = model;
  const spread = isSpread(model) ? ', spread about x' : '';
  const outside = outsideText(seenOf({ ...model, logY: ['y', 'both'].includes(log) }));
  const without = missing === 0 ? '' : `, ${missing} not drawn`;
  const axes = `${drawnName(snapshot, y)}${['y', 'both'].includes(log) ? ' (log)' : ''} by ${drawnName(snapshot, x)}`;
  return `${axes}: front of ${front.length}, ${formatCount(drawn, 'trial')}${outside === '' ? '' : `, ${outside}`}${without}${spread}`;
}

function legendOf(
  { by, categories, front }: TradeoffModel,
  snapshot: SweepSnapshot,
  width: number,
): readonly StyledLine[] {
  if (categories.length < 2) return [];
  const entries = categories.flatMap(({ glyph, label, tone }) => [span(`${glyph} `, tone), span(`${label}  `)]);
  return [
    clipLine(
      [span(`${drawnName(snapshot, by)}: `, 'heading'), ...entries, span(`│ 95 % over ${overWords(front)}`, 'faint')],
      width,
    ),
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
  const known = point.details.toSorted(([a], [b]) => Number(b === model.y) - Number(a === model.y));
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
  const lines: StyledLine[] = [
    [span(`trial ${point.trial}`, 'heading'), span(`  ${cursor + 1} of ${model.front.length} on the front`, 'faint')],
    ...point.details.map(([of, value]) => [
      span(`${clipText(drawnName(snapshot, of), 16).padEnd(16)} `),
      span(text(of, value)),
    ]),
  ];
  if (interval !== undefined) {
    const [lower, upper] = interval.map((value) => text(model.y, value));
    lines.push([], [span(`${lower} to ${upper}`)], [span(`95 % over ${point.over}`, 'faint')]);
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
