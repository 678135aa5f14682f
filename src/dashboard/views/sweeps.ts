import { formatMeasure } from '../../metrics/metrics.ts';
import type { SweepOverviewRow, SweepPage } from '../../store/views/sweep-overview.ts';
import { chosenRows } from '../tables/chosen-rows.ts';
import { chosenSweep, sweepFront, type SweepFront } from '../parts/chosen-sweep.ts';
import { formatCount } from '../../base/format-count.ts';
import { formatDuration, formatPercent, formatQuantity } from '../../metrics/values/format-value.ts';
import { fitText, span, type Tone } from '../terminal/styled-line.ts';
import { wholeColumns, type WholeColumn } from '../tables/whole-columns.ts';
import { readingView } from './view.ts';

interface Sweeps {
  readonly list: SweepPage;
  /** Of the chosen one; null: not read yet, or it has none. */
  readonly front: SweepFront | null;
}

/** Every sweep of the record, newest first, with its progress, rate, best and failures, and more of the chosen one. */
export const sweeps = readingView<Sweeps>({
  name: 'sweeps',
  key: '6',
  help: 'all sweeps; enter: watch it',
  eventsBelow: true,
  beyondSweep: true,
  readsChosen: true,
  read: async (source, { selected, offset, limit }) => {
    const list = await source.sweeps({ offset, limit });
    const chosen = rowAt(list, selected);
    const known = chosen === undefined ? null : await source.sweepFront(chosen, 'known');
    return { list, front: chosen === undefined || known === null ? null : sweepFront(chosen, known) };
  },
  async refine({ list }, source, { selected }) {
    const chosen = rowAt(list, selected);
    if (chosen === undefined) return null;
    return { list, front: sweepFront(chosen, await source.sweepFront(chosen, 'all')) };
  },
  rows: ({ list }) => list.total,
  page: ({ list }) => ({ from: list.from, count: list.rows.length }),
  rowsFrom: 2,
  visible: (_, height) => Math.max(0, height - 2),
  list: ({ list }, { height }) => ({ rowsFrom: 2, visible: Math.max(0, listHeight(height, list.total) - 2) }),
  draw({ list, front }, { state, now, width, height }) {
    const most = listHeight(height, list.total);
    const first = Math.max(list.from, Math.min(state.offset, list.total - most));
    const near = list.rows.slice(first - list.from, first - list.from + most);
    const { headings, lines } = wholeColumns(columnsAt(now, width), near, width - 2);
    const chosen = rowAt(list, state.selected);
    const rows = chosenRows({
      ...{ caption: 'sweeps', headings, total: list.total, from: first, rows: lines, state, width },
      height: most,
    });
    if (chosen === undefined || most === height) return rows;
    const padded = Array.from({ length: most }, (_, row) => rows[row] ?? []);
    return [...padded, ...chosenSweep(chosen, front, now, width, height - most)];
  },
  open: ({ list }, { state }) => {
    const chosen = rowAt(list, state.selected);
    return chosen === undefined ? null : { view: 'overview', subject: '', sweep: chosen.name };
  },
});

/** The sweep in this place among all, where it was read. */
function rowAt({ from, rows }: SweepPage, place: number): SweepOverviewRow | undefined {
  return rows[place - from];
}

/** Rows of the chosen sweep that tell anything: its caption, how far it is, what failed, its best and its rate. */
const leastChosen = 5;

/**
 * Rows of the list with its caption and headings. A short one leaves its rows to what stands below it; a long one has half of
 * them, or all where too few would be left.
 */
function listHeight(height: number, total: number): number {
  const own = Math.min(total + (height < 16 ? 2 : 3), Math.max(5, Math.floor(height * 0.45)));
  return height - own < leastChosen ? height : own;
}

function columnsAt(now: Date, width: number): readonly WholeColumn<SweepOverviewRow>[] {
  // A name may be cut, since it says so; what it did may not.
  const room = Math.max(8, Math.min(40, width - 46));
  return [
    {
      heading: 'sweep',
      align: 'left',
      importance: 0,
      cell: ({ name }) => span(fitText(name, Math.min(room, name.length))),
    },
    { heading: 'state', align: 'left', importance: 0, cell: (sweep) => span(sweep.state, toneOf(sweep)) },
    { heading: 'steps', align: 'right', importance: 1, cell: (sweep) => span(progress(sweep)) },
    {
      heading: 'trainings',
      align: 'right',
      importance: 0,
      cell: ({ finished, trainings }) => span(`${finished}/${trainings}`),
    },
    {
      heading: 'failed',
      align: 'left',
      importance: 1,
      cell: ({ failed }) => (failed > 0 ? span(`${failed} FAILED`, 'bad') : span('–', 'faint')),
    },
    { heading: 'best', align: 'left', importance: 2, cell: (sweep) => span(best(sweep)) },
    {
      heading: 'steps/s',
      align: 'right',
      importance: 4,
      cell: ({ stepsPerSecond }) => span(formatQuantity(stepsPerSecond)),
    },
    { heading: 'left', align: 'right', importance: 5, cell: (sweep) => span(timeLeft(sweep)) },
    { heading: 'trials', align: 'right', importance: 6, cell: ({ trials }) => span(formatCount(trials, 'trial')) },
    {
      heading: 'launched',
      align: 'right',
      importance: 3,
      cell: ({ createdAt }) => span(`${formatDuration(now.getTime() - createdAt.getTime())} ago`, 'faint'),
    },
    {
      heading: '',
      align: 'left',
      importance: 1,
      cell: ({ trainer }) => (trainer === 'simulated' ? span('SIMULATED', 'warning') : span('')),
    },
  ];
}

function progress({ state, stepsDone, stepsTotal }: SweepOverviewRow): string {
  return state === 'completed' && stepsTotal === 0 ? '100 %' : formatPercent(stepsDone, stepsTotal);
}

function best({ objective, best: value }: SweepOverviewRow): string {
  return value === null ? '–' : `${objective} ${formatMeasure(objective, value)}`;
}

function timeLeft({ state, stepsDone, stepsTotal, stepsPerSecond }: SweepOverviewRow): string {
  if (state !== 'running' || stepsPerSecond === null || stepsPerSecond <= 0) return '–';
  return formatDuration((1000 * Math.max(0, stepsTotal - stepsDone)) / stepsPerSecond);
}

function toneOf({ state }: SweepOverviewRow): Tone {
  if (state === 'running') return 'accent';
  return state === 'completed' ? 'good' : 'warning';
}
