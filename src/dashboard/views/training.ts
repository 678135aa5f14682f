import { formatMeasure, measure } from '../../metrics/metrics.ts';
import { evaluatedNumber, type Measurements } from '../../metrics/evaluation-metrics.ts';
import type { SweepSnapshot } from '../../store/sweep-snapshot.ts';
import { headingOf, shownGap, tradeoffObjective } from '../../tasks/task-metrics.ts';
import { brailleChart, type ChartLine, type ChartPoint } from '../braille-chart.ts';
import { formatCount } from '../../base/format-count.ts';
import { formatClock, formatMoment, formatQuantity } from '../format-value.ts';
import { beside, captionRule, clipLine, fitText, span, type StyledLine } from '../styled-line.ts';
import type { TrainingCurves } from '../view-source.ts';
import { readingView } from './view.ts';

/** A training's curves: what was recorded of its steps, evaluations on its way, its M-curve, and its log. */
export const training = readingView<OverlaidCurves>({
  name: 'training',
  help: 'curves and log of a trial’s training, with those of the marked ones',
  numbered: ({ trialCount }) => trialCount,
  eventsBelow: false,
  async read(source, { subject, marked }) {
    const trial = Number(subject);
    const others = marked.filter((each) => each !== trial).slice(0, overlaidMost);
    const [own, ...over] = await Promise.all([trial, ...others].map((each) => source.training(each)));
    if (own === undefined) throw new RangeError(`no curves of trial ${trial}`);
    return { ...own, over };
  },
  rows: (curves, snapshot) => panelsOf(curves, snapshot).length,
  visible: (width, height) => {
    const { across, down } = gridOf(width, height);
    return across * down;
  },
  draw(curves, { snapshot, state, width, height }) {
    const panels = panelsOf(curves, snapshot);
    const { across, down } = gridOf(width, height);
    const begin = Math.max(0, Math.min(state.offset, panels.length - across * down));
    const shown = panels.slice(begin, begin + across * down);
    const rows = Math.max(1, Math.ceil(shown.length / across));
    return Array.from({ length: rows }, (_, row) => {
      const top = Math.floor((row * height) / rows);
      const tall = Math.floor(((row + 1) * height) / rows) - top;
      return sideBySide(shown.slice(row * across, (row + 1) * across), width, tall);
    }).flat();
  },
  trials: ({ trial: { trial } }) => [trial],
});

/** A training's curves and those of others, to compare with. */
type OverlaidCurves = TrainingCurves & { readonly over: readonly TrainingCurves[] };

/** Lines beside the training's own that can be told apart. */
const overlaidMost = 4;
const overlaidTones = ['series1', 'series3', 'series4', 'series6'] as const;

/** Of the steps, in the order that they are drawn in. */
const series = [
  ['loss', 'training loss'],
  ['gradient_norm', 'gradient norm'],
  ['learning_rate', 'learning rate'],
] as const;

interface Panel {
  /** What it is called, the longest wording first. */
  readonly captions: readonly string[];
  readonly draw: (width: number, height: number) => readonly StyledLine[];
}

/** Columns from which two panels stand side by side, and the rows that one needs. */
const besideFrom = 76;
const leastRows = 6;

/** Columns of a caption's rule beside its text. */
const captionMargin = 6;

/** Columns from which the log says the day too. */
const dayFrom = 70;

function gridOf(width: number, height: number): { readonly across: number; readonly down: number } {
  return { across: width >= besideFrom ? 2 : 1, down: Math.max(1, Math.floor(height / leastRows)) };
}

function sideBySide(panels: readonly Panel[], width: number, height: number): readonly StyledLine[] {
  const [left, right] = panels;
  if (left === undefined) return [];
  if (right === undefined) return drawPanel(left, width, height);
  const half = Math.floor((width - 1) / 2);
  return beside(drawPanel(left, half, height), half + 1, drawPanel(right, width - half - 1, height));
}

function drawPanel({ captions, draw }: Panel, width: number, height: number): readonly StyledLine[] {
  const caption = captions.find(({ length }) => length <= width - captionMargin) ?? captions.at(-1) ?? '';
  const lines = draw(width, height - 1);
  return [captionRule(caption, width), ...Array.from({ length: height - 1 }, (_, row) => lines[row] ?? [])];
}

function panelsOf(curves: OverlaidCurves, { definition }: Pick<SweepSnapshot, 'definition'>): readonly Panel[] {
  const { trial } = curves;
  const metric = tradeoffObjective(definition).metric;
  const heading = headingOf(definition, metric);
  const scored = (metrics: Measurements): number => measure({ ...trial, metrics }, metric) ?? Number.NaN;
  const onTheWay = curves.onTheWay.map(({ step, metrics }) => ({ x: step, y: scored(metrics) }));
  const byMembers = curves.byMembers.map(({ members, metrics }) => ({ x: members, y: scored(metrics) }));
  const format = (value: number): string => formatMeasure(metric, value);
  const gapOf = shownGap(definition) ?? '';
  const gaps = curves.onTheWay.flatMap(({ step, metrics }) => {
    const y = evaluatedNumber(metrics, gapOf);
    return y === null ? [] : [{ x: step, y }];
  });
  return [
    ...series.flatMap(([name, title], index) => {
      const values = curves.steps[name] ?? [];
      const of = index === 0 ? `trial ${trial.trial}, ` : '';
      if (values.length === 0 && index > 0) return [];
      return [
        lineOf(`${of}${title}`, pointsOf(values), 'step', formatQuantity, {
          label: `#${trial.trial}`,
          others: curves.over.map((other, place) => ({
            points: pointsOf(other.steps[name] ?? []),
            label: `#${other.trial.trial}`,
            tone: overlaidTones[place] ?? 'plain',
          })),
        }),
      ];
    }),
    ...(onTheWay.length > 1 ? [lineOf(`${heading} on its way`, onTheWay, 'step', format)] : []),
    ...(byMembers.length > 1 ? [lineOf(`${heading} by members`, byMembers, 'M', format)] : []),
    ...(gaps.length > 1 ? [lineOf(`gap of ${heading} on its way`, gaps, 'step', formatQuantity)] : []),
    ...reliabilityPanel(trial),
    ...recallPanel(trial),
    { captions: logCaptions(curves), draw: (width, height) => logLines(curves, width, height) },
  ];
}

function pointsOf(values: readonly number[]): readonly ChartPoint[] {
  return values.map((y, step) => ({ x: step + 1, y }));
}

/** How often what was said with a certainty was right, against the diagonal of one that is well calibrated. */
function reliabilityPanel({ metrics }: TrainingCurves['trial']): readonly Panel[] {
  const bins = (metrics?.reliability ?? []).filter(({ count }) => count > 0);
  if (bins.length < 2) return [];
  const percent = (share: number): number => Math.round(1000 * share) / 10;
  const points = bins.map(({ confidence, accuracy }) => ({ x: percent(confidence), y: percent(accuracy) }));
  const diagonal = { points: points.map(({ x }) => ({ x, y: x })), label: 'ideal', tone: 'faint' as const };
  const captions = ['reliability: right % by confidence %', 'reliability'];
  return [
    {
      captions,
      draw: (width, height) => brailleChart({ points, label: 'this', others: [diagonal], xName: '%', width, height }),
    },
  ];
}

/** What share of each class's rows was found. */
function recallPanel({ metrics }: TrainingCurves['trial']): readonly Panel[] {
  const recalls = metrics?.['recall_per_class'];
  if (typeof recalls !== 'object' || recalls === null || Array.isArray(recalls)) return [];
  const entries = Object.entries(recalls).filter(([, value]) => typeof value === 'number');
  if (entries.length < 2) return [];
  const names = Math.max(...entries.map(([name]) => name.length));
  return [
    {
      captions: ['recall of each class', 'recall'],
      draw: (width, height) => {
        const room = Math.max(4, Math.min(40, width - Math.min(names, 20) - 9));
        return entries.slice(0, height).map(([name, value]): StyledLine => {
          const filled = Math.round(Number(value) * room);
          return [
            span(`${fitText(name, Math.min(names, 20))} `),
            span('█'.repeat(filled), 'accent'),
            span('·'.repeat(room - filled), 'faint'),
            span(` ${Number(value).toFixed(3)}`),
          ];
        });
      },
    },
  ];
}

/** A curve, titled with the last of its values. */
function lineOf(
  title: string,
  points: readonly ChartPoint[],
  xName: string,
  format: (value: number) => string,
  further: { readonly label: string; readonly others: readonly ChartLine[] } = { label: '', others: [] },
): Panel {
  const last = points.findLast(({ y }) => Number.isFinite(y));
  const broken = points.filter(({ y }) => !Number.isFinite(y)).length;
  const lost = broken === 0 ? '' : `, ${broken} NOT FINITE`;
  const value = last === undefined ? '' : ` ${format(last.y)}`;
  const place = last === undefined ? '' : ` at ${xName} ${last.x}`;
  const captions = [`${title}${value}${place}${lost}`, `${title}${value}${lost}`, `${title}${lost}`, title];
  return { captions, draw: (width, height) => brailleChart({ points, ...further, xName, width, height }) };
}

function logCaptions({ trial, events }: TrainingCurves): readonly string[] {
  const state = `log: ${trial.state.replaceAll('_', ' ')}, step ${trial.step} of ${trial.totalSteps}`;
  return [`${state}, ${formatCount(events.length, 'event')}`, state, 'log'];
}

/** The newest that fit, newest last. */
function logLines({ events }: TrainingCurves, width: number, height: number): readonly StyledLine[] {
  const moment = width < dayFrom ? formatClock : formatMoment;
  return events
    .slice(-Math.max(1, height))
    .map(({ at, text }) => clipLine([span(`${moment(at)} `, 'faint'), span(text)], width));
}
