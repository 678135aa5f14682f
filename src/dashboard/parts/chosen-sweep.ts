import { formatMeasure } from '../../metrics/metrics.ts';
import type { SweepOverviewRow } from '../../store/views/sweep-overview.ts';
import type { TradeoffRead } from '../../store/views/tradeoff/tradeoff-view.ts';
import { formatDuration, formatMoment, formatPercent, formatQuantity } from '../../metrics/values/format-value.ts';
import { outsideText } from '../charts/outliers.ts';
import { scatterPlot, seenOf, type ScatterPoint } from '../charts/scatter-plot.ts';
import { beside, captionRule, clipLine, span, type StyledLine } from '../terminal/styled-line.ts';
import { scatterOf } from './tradeoff.ts';

/** Where the configurations of the chosen sweep lie between its objective and complexity. */
export interface SweepFront {
  /** The sweep that it is of, by its id. */
  readonly of: string;
  readonly points: readonly ScatterPoint[];
  /** By ascending complexity. */
  readonly front: readonly ScatterPoint[];
}

/** @param read null: there is nothing to draw */
export function sweepFront(
  { sweepId: of, objective }: Pick<SweepOverviewRow, 'sweepId' | 'objective'>,
  read: TradeoffRead | null,
): SweepFront {
  return { of, ...(read === null ? { points: [], front: [] } : scatterOf(read, objective)) };
}

/** Columns from which the front stands beside the facts, and how many these have at least and at most. */
const besideFrom = 58;
const leastFacts = 29;
const mostFacts = 42;
/** Rows of the least front that tells anything. */
const leastPlot = 6;

/** The sweep that is chosen among all: how far it is, what failed and why, and its front; in exactly so many rows. */
export function chosenSweep(
  sweep: SweepOverviewRow,
  front: SweepFront | null,
  now: Date,
  width: number,
  height: number,
): readonly StyledLine[] {
  const wide = width >= besideFrom;
  const factsWidth = Math.max(leastFacts, Math.min(mostFacts, Math.floor(0.45 * width)));
  const facts = factLines(sweep, now, wide ? factsWidth : width).map((line) =>
    clipLine(line, wide ? factsWidth : width),
  );
  const room = height - 1;
  const body = Array.from({ length: room }, (_, row) => facts[row] ?? []);
  const rows = wide ? room : room - facts.length;
  const plot = rows < leastPlot ? [] : frontLines(sweep, front, wide ? width - factsWidth - 1 : width, rows);
  const shown = wide ? beside(body, factsWidth + 1, plot) : [...facts, ...plot];
  const caption = captionRule(`${sweep.name}${sweep.trainer === 'simulated' ? ', SIMULATED: NOT RESULTS' : ''}`, width);
  return Array.from({ length: height }, (_, row) => (row === 0 ? caption : (shown[row - 1] ?? [])));
}

function factLines(sweep: SweepOverviewRow, now: Date, width: number): readonly StyledLine[] {
  const { objective, best, stepsPerSecond, createdAt, finishedAt, tags, note } = sweep;
  const since = formatDuration((finishedAt ?? now).getTime() - createdAt.getTime());
  const facts: readonly (readonly [string, string])[] = [
    ['best', best === null ? 'nothing is scored yet' : `${objective} ${formatMeasure(objective, best)}`],
    ['rate', stepsPerSecond === null ? 'nothing runs' : `${formatQuantity(stepsPerSecond)} steps/s`],
    ['launched', formatMoment(createdAt)],
    [finishedAt === null ? 'for' : 'took', since],
    ...(tags.length === 0 ? [] : [['tags', tags.join(' ')] as const]),
    ...(note === null ? [] : [['note', note] as const]),
  ];
  return [
    progressLine(sweep, width),
    failureLine(sweep),
    ...facts.map(([name, text]): StyledLine => [span(name.padEnd(9), 'heading'), span(text)]),
  ];
}

function progressLine(
  { state, stepsDone, stepsTotal, finished, trainings }: SweepOverviewRow,
  width: number,
): StyledLine {
  const whole = state === 'completed' && stepsTotal === 0;
  const share = whole ? 1 : stepsTotal > 0 ? Math.min(1, stepsDone / stepsTotal) : 0;
  const text = ` ${whole ? '100 %' : formatPercent(stepsDone, stepsTotal)}, ${finished}/${trainings} trainings`;
  const bar = Math.max(4, Math.min(24, width - text.length));
  const filled = Math.floor(share * bar);
  return [span('█'.repeat(filled), 'accent'), span('░'.repeat(bar - filled), 'faint'), span(text)];
}

/** `3 diverged, 1 crashed`. */
function failureLine({ failures }: SweepOverviewRow): StyledLine {
  const told = Object.entries(failures).filter(([, count]) => count > 0);
  const text = told.map(([state, count]) => `${count} ${state.replaceAll('_', ' ')}`).join(', ');
  return [span('failed   ', 'heading'), told.length === 0 ? span('none') : span(text, 'bad')];
}

function frontLines(
  { sweepId, objective }: SweepOverviewRow,
  found: SweepFront | null,
  width: number,
  height: number,
): readonly StyledLine[] {
  if (found === null || found.of !== sweepId) return [[span('reading its front …', 'faint')]];
  const { points, front } = found;
  if (points.length === 0) return [[span('no configuration has a score and a complexity yet', 'faint')]];
  const scatter = { points, front, cursor: -1, categories: [], xName: 'complexity', logX: false, logY: false };
  const outside = outsideText(seenOf(scatter));
  const caption = `${objective} by complexity, means over seeds: front of ${front.length}${outside === '' ? '' : `, ${outside}`}`;
  return [clipLine([span(caption, 'faint')], width), ...scatterPlot(scatter, width, height - 1)];
}
