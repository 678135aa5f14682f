import { formatMeasure, metricNamed } from '../../metrics/metrics.ts';
import { withinRange } from '../../metrics/parts/within-range.ts';
import { studentInterval } from '../../stats/student-interval.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { FrontConfiguration, TradeoffRead } from '../../store/views/tradeoff/tradeoff-view.ts';
import type { FilterValue, TrialFilter } from '../../store/views/trials/trial-filter.ts';
import { type Category, categoriesOf } from '../charts/categories.ts';
import { formatCount } from '../../base/format-count.ts';
import { formatQuantity, formatSetting } from '../../metrics/values/format-value.ts';
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
import { whereWords } from '../tables/filter-words.ts';
import { openTrials } from '../tables/open-trials.ts';
import { toldBy } from '../parts/tradeoff.ts';
import { betterOf, columnOf, drawnMetrics, drawnName, numberedFields, variedFields } from '../tables/view-columns.ts';
import type { NoiseInterval, ViewSource } from '../reading/view-source.ts';
import { chosenValue, readingView, type ViewChoice, type ViewFrame } from './view.ts';

const name = 'trade-off';

const xChoice: ViewChoice = {
  name: 'x',
  key: 'x',
  help: 'what lies to the right: the next (or :x NAME)',
  values: (snapshot) => [...new Set(['complexity', ...drawnMetrics(snapshot), ...numberedFields(snapshot)])],
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
  /** Configurations that are drawn, and those without one of the two, or where a logarithm has nothing to take. */
  readonly drawn: number;
  readonly missing: number;
  /** Which trials were looked at; null: all. */
  readonly filter: TrialFilter | null;
}

/** A point of the front with what is told of it. */
interface FrontPoint extends ScatterPoint {
  readonly details: readonly (readonly [name: string, value: FilterValue])[];
  readonly repeats: FrontConfiguration['repeats'];
  /** The repeats that its interval is over. */
  readonly over: 'seeds' | NoiseInterval['over'];
}

/** Any metric against any other, by configurations' means over seeds, with the front and a cursor on it. */
export const tradeoffView = readingView<TradeoffModel>({
  name,
  key: '3',
  help: 'metric against metric; j k: the front',
  eventsBelow: true,
  filtered: true,
  choices: [xChoice, yChoice, byChoice, scaleChoice],
  async read(source, { sweepId, snapshot, choices, filter }) {
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
      ...(filter === null ? {} : { filter }),
    });
    return withNoise({ ...modelOf({ x, y, by }, read, shown), filter }, source, sweepId, 'known');
  },
  refine: (model, source, { sweepId }) => withNoise(model, source, sweepId, 'all'),
  rows: ({ front }) => front.length,
  visible: () => Number.POSITIVE_INFINITY,
  draw: (model, frame) => drawTradeoff(model, frame),
  open: ({ front }, { state }) => {
    const chosen = front[state.selected];
    return chosen === undefined ? null : openTrials(trialsOf(chosen));
  },
  trials: ({ front }, { state }) => front.slice(state.selected, state.selected + 1).flatMap(trialsOf),
});

function trialsOf({ trial, repeats }: FrontPoint): readonly number[] {
  return repeats.length === 0 ? [trial] : repeats.map((repeat) => repeat.trial);
}

function modelOf(
  axes: Pick<TradeoffModel, 'x' | 'y' | 'by'>,
  { total, drawn, levels, points: others, front: best }: TradeoffRead,
  shown: readonly string[],
): Omit<TradeoffModel, 'filter'> {
  const front = best.map((configuration): FrontPoint => {
    const { values, repeats, level: category, numericsClasses: _, ...point } = configuration;
    const seeds = repeats.length === 0 ? [configuration.y] : repeats.map(({ y }) => y);
    const details = shown.map((name, index) => [name, values[index] ?? null] as const);
    return {
      ...{ ...point, category, details, repeats, over: 'seeds' as const },
      ...toldBy(withinRange(axes.y, studentInterval(seeds))),
    };
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
  const nothing = `no configuration has both ${model.y} and ${model.x} yet; x and y choose others`;
  const plot =
    model.points.length === 0
      ? [[], [span(clipText(nothing, left), 'faint')]]
      : scatterPlot(scatter, left, height - 1 - legend.length);
  const body = Array.from({ length: Math.max(0, height - 1 - legend.length) }, (_, row) => plot[row] ?? []);
  const panel = left === width ? body : beside(body, left + 1, cursorLines(model, cursor, snapshot, besideWidth));
  return [captionRule(captionOf(model, snapshot, log, left), width), ...legend, ...panel].slice(0, height);
}

function captionOf(model: TradeoffModel, snapshot: SweepSnapshot, log: string, plotWidth: number): string {
  const { x, y, front, drawn, missing, filter } = model;
  const logX = ['x', 'both'].includes(log);
  const spread = isSpread({ ...model, logX, logY: ['y', 'both'].includes(log) }, plotWidth) ? ', spread in x' : '';
  const outside = outsideText(seenOf({ ...model, logY: ['y', 'both'].includes(log) }));
  const without = missing === 0 ? '' : `, ${missing} not drawn`;
  const axes = `${drawnName(snapshot, y)}${['y', 'both'].includes(log) ? ' (log)' : ''} by ${drawnName(snapshot, x)}`;
  const told = `front of ${front.length} of ${drawn}`;
  return `${axes}, means over seeds${whereWords(filter)}: ${told}${outside === '' ? '' : `, ${outside}`}${without}${spread}`;
}

function legendOf(
  { by, categories, front }: TradeoffModel,
  snapshot: SweepSnapshot,
  width: number,
): readonly StyledLine[] {
  const told = front.some(({ interval }) => interval !== undefined);
  const bars: StyledLine = told ? [span(`│ 95 % over ${overWords(front)}`, 'faint')] : [];
  if (categories.length < 2) return told ? [clipLine(bars, width)] : [];
  const entries = categories.flatMap(({ glyph, label, tone }) => [span(`${glyph} `, tone), span(`${label}  `)]);
  return [clipLine([span(`${drawnName(snapshot, by)}: `, 'heading'), ...entries, ...bars], width)];
}

/** The configuration under the cursor in one line, where nothing has room beside the plot. */
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
  const seeds = span(`, ${formatCount(trialsOf(point).length, 'seed')}`, 'faint');
  const place = span(`${cursor + 1} of ${model.front.length} on the front`, 'heading');
  return [joinWhatFits([[place, seeds], ...facts], '  ', width)];
}

/** The configuration under the cursor. */
function cursorLines(model: TradeoffModel, cursor: number, snapshot: SweepSnapshot, width: number) {
  const point = model.front[cursor];
  if (point === undefined) return [];
  const { interval } = point;
  const trials = trialsOf(point);
  const lines: StyledLine[] = [
    [span(`${cursor + 1} of ${model.front.length} on the front`, 'heading')],
    [span(`${trials.length === 1 ? 'trial' : 'mean of trials'} ${trials.join(', ')}`, 'faint')],
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
