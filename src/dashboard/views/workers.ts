import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { WorkerRow } from '../../store/workers/worker-list.ts';
import { chosenRows } from '../tables/chosen-rows.ts';
import { formatCount } from '../../base/format-count.ts';
import { formatDuration, formatMoment, formatQuantity } from '../../metrics/values/format-value.ts';
import { busySlots, silentAfterMs, slotList } from '../parts/slot-list.ts';
import { cardsText, memoryText, processorsOf, workerSlots } from '../parts/worker-slots.ts';
import { captionRule, clipLine, span, type Span, type StyledLine } from '../terminal/styled-line.ts';
import { wholeColumns, type WholeColumn } from '../tables/whole-columns.ts';
import { readingView } from './view.ts';

/** Every worker with its slots, device, rate and heartbeat; what is wrong with the chosen one; this sweep's slots. */
export const workers = readingView<readonly WorkerRow[]>({
  name: 'workers',
  key: '4',
  help: 'CPU, rate, trouble; enter: what it runs',
  eventsBelow: true,
  beyondSweep: true,
  read: (source) => source.workers(),
  rows: (list) => list.length,
  rowsFrom: 2,
  visible: (_, height) => Math.max(1, Math.floor(height / 2) - 2),
  nothing: 'this worker runs nothing',
  open(list, { snapshot, state }) {
    const [first] = list[state.selected]?.running ?? [];
    if (first === undefined) return null;
    const of = first.sweep === snapshot.name ? {} : { sweep: first.sweep };
    return { view: 'trial', subject: String(first.trial), ...of };
  },
  trials: (list, { snapshot, state }) =>
    (list[state.selected]?.running ?? []).flatMap(({ sweep, trial }) => (sweep === snapshot.name ? [trial] : [])),
  draw(list, { snapshot, state, now, width, height }) {
    const there = list.filter(({ endedAt }) => endedAt === null);
    const slots = there.reduce((sum, worker) => sum + worker.slots, 0);
    const busy = there.reduce((sum, worker) => sum + workingSlots(worker), 0);
    const { headings, lines } = wholeColumns(columnsAt(now), list, width - 2);
    const rows = Math.max(1, Math.min(list.length, Math.floor(height / 2) - 2));
    const chosen = list[Math.min(state.selected, list.length - 1)];
    const details = chosen === undefined ? [] : detailLines(chosen, width, Math.max(6, height - rows - 5));
    const table = chosenRows({
      caption: `workers: ${there.length} there, ${busy} of ${formatCount(slots, 'slot')} busy`,
      headings,
      total: Math.max(1, list.length),
      from: 0,
      rows: lines,
      state,
      width,
      height: rows + 2,
    });
    const rest = height - table.length - details.length - 1;
    const own =
      rest < 1 ? [] : [captionRule(`slots of ${snapshot.name}`, width), ...slotList(snapshot, now, width, rest)];
    return [...table, ...details, ...own].slice(0, height);
  },
});

/** A slot may run several segments at once, of trainings that step together. */
function workingSlots({ running, slotStates, slots }: WorkerRow): number {
  const told = slotStates.filter(({ segments }) => running.some(({ segment }) => segments.includes(segment))).length;
  return told > 0 ? told : Math.min(running.length, slots);
}

function columnsAt(now: Date): readonly WholeColumn<WorkerRow>[] {
  return [
    { heading: 'host', align: 'left', importance: 0, cell: ({ host, pid }) => span(`${shortHost(host)}:${pid}`) },
    {
      heading: 'busy',
      align: 'right',
      importance: 1,
      cell: (worker) => span(`${workingSlots(worker)}/${worker.slots}`, worker.running.length > 0 ? 'accent' : 'faint'),
    },
    { heading: 'heartbeat', align: 'right', importance: 0, cell: (worker) => heartbeat(worker, now) },
    {
      heading: 'steps/s',
      align: 'right',
      importance: 2,
      cell: ({ stepsPerSecond }) => span(formatQuantity(stepsPerSecond)),
    },
    {
      heading: 'CPU',
      align: 'right',
      importance: 1,
      cell: (worker) => span(percentOf(processorsOf(worker))),
    },
    { heading: 'memory', align: 'right', importance: 3, cell: (worker) => span(memoryText(worker)) },
    {
      heading: 'last hour',
      align: 'left',
      importance: 3,
      cell: ({ done, troubled }) =>
        troubled > 0 ? span(`${done} done, ${troubled} TROUBLED`, 'bad') : span(`${done} done`),
    },
    {
      heading: 'device',
      align: 'left',
      importance: 4,
      cell: ({ numericsClass }) => span(numericsClass ?? '–', 'faint'),
    },
  ];
}

function shortHost(host: string): string {
  return host.split('.')[0] ?? host;
}

function heartbeat({ lastSeen, endedAt }: WorkerRow, now: Date): Span {
  if (endedAt !== null) return span(`left ${formatDuration(now.getTime() - endedAt.getTime())} ago`, 'faint');
  const silentMs = now.getTime() - lastSeen.getTime();
  return silentMs > silentAfterMs
    ? span(`SILENT ${formatDuration(silentMs)}`, 'bad')
    : span(`${formatDuration(silentMs)} ago`);
}

function percentOf(processors: number | null): string {
  return processors === null ? '–' : `${Math.round(100 * processors)} %`;
}

/** What it is, its slots, and what went wrong on it. */
function detailLines(worker: WorkerRow, width: number, height: number): readonly StyledLine[] {
  const { host, role, startedAt, numericsClass } = worker;
  const cards = cardsText(worker);
  const facts: readonly (readonly [string, string])[] = [
    ['serves', `${role}, since ${formatMoment(startedAt)}`],
    ['device', numericsClass ?? 'has computed nothing yet'],
    ['memory', memoryText(worker)],
    ...(cards === null ? [] : [['GPU', cards] as const]),
  ];
  const wrong = troubleLines(worker);
  const room = height - 1 - facts.length - wrong.length;
  return [
    captionRule(host, width),
    ...facts.map(([name, text]): StyledLine => [span(name.padEnd(9), 'heading'), span(text)]),
    ...workerSlots(worker, width, Math.max(3, room)),
    ...wrong,
  ].map((line) => clipLine(line, width));
}

/** The last thing that went wrong, and trainings that took a trainer process along: a quarantined one is tried no more. */
function troubleLines({ trouble, troubledAt, struck }: WorkerRow): readonly StyledLine[] {
  const last: readonly StyledLine[] =
    trouble === null || troubledAt === null
      ? []
      : [[span('trouble  ', 'heading'), span(`${formatMoment(troubledAt)} ${trouble}`, 'bad')]];
  return [
    ...last,
    ...struck.slice(0, mostStruck).map(({ sweep, trial, deaths, quarantined, why }): StyledLine => {
      const what = `${sweep} #${trial}, ${formatCount(deaths, 'death')}: ${why}`;
      return quarantined ? [span('QUARANTINED ', 'bad'), span(what)] : [span('suspect  ', 'warning'), span(what)];
    }),
  ];
}

/** Trainings that are named under a worker. */
const mostStruck = 3;

/** A caption with how many are busy, and a line for each. */
export function slotBlock(snapshot: SweepSnapshot, now: Date, width: number, height: number): readonly StyledLine[] {
  const caption = `slots, ${busySlots(snapshot.slots)} of ${snapshot.slots.length} busy`;
  return [captionRule(caption, width), ...slotList(snapshot, now, width, height - 1)];
}
