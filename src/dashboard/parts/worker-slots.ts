import { formatBytes } from '../../base/format-bytes.ts';
import { formatCount } from '../../base/format-count.ts';
import type { RunningSegment, WorkerRow } from '../../store/workers/worker-list.ts';
import type { SlotState } from '../../store/workers/worker-register.ts';
import { formatPercent, formatQuantity } from '../../metrics/values/format-value.ts';
import { clipLine, span, type StyledLine } from '../terminal/styled-line.ts';
import { wholeColumns, type WholeColumn } from '../tables/whole-columns.ts';

interface Slot {
  readonly number: number;
  /** Null: no heartbeat has told of it. */
  readonly state: SlotState | null;
  readonly running: readonly RunningSegment[];
}

/** The slots of a worker: what each runs, how fast, and what its trainer process uses. */
export function workerSlots(worker: WorkerRow, width: number, height: number): readonly StyledLine[] {
  const slots = slotsOf(worker);
  const shown = slots.slice(0, Math.max(1, slots.length <= height - 1 ? slots.length : height - 2));
  const { headings, lines } = wholeColumns(onCards(worker) ? [...columns, ...cardColumns] : columns, shown, width);
  const rest = slots.length - shown.length;
  const more = rest === 0 ? [] : [[span(`and ${formatCount(rest, 'slot')} more`, 'faint')]];
  return [[headings], ...lines, ...more].map((line) => clipLine(line, width));
}

/** Processors that all its trainer processes keep busy; null: no heartbeat has told. */
export function processorsOf({ slotStates }: Pick<WorkerRow, 'slotStates'>): number | null {
  return sumOf(slotStates.map(({ processors }) => processors));
}

/** Bytes that all its trainer processes use; null: no heartbeat has told. */
export function memoryOf({ slotStates }: Pick<WorkerRow, 'slotStates'>): number | null {
  return sumOf(slotStates.map(({ memory_bytes: bytes }) => bytes));
}

/** Memory that a worker's trainer processes use, of what they may. */
export function memoryText(worker: Pick<WorkerRow, 'slotStates'>): string {
  const [used, limit] = [memoryOf(worker), worker.slotStates[0]?.memory_limit_bytes];
  if (used === null || limit === undefined) return '–';
  return `${formatBytes(used)} of ${formatBytes(limit)}`;
}

/** Whether its slots compute on graphics cards. */
function onCards({ slotStates }: Pick<WorkerRow, 'slotStates'>): boolean {
  return slotStates.some(({ card }) => card !== undefined);
}

/** What its graphics cards told, one after the other; null: its slots compute on none. */
export function cardsText(worker: Pick<WorkerRow, 'slotStates'>): string | null {
  if (!onCards(worker)) return null;
  const cards = new Map(worker.slotStates.flatMap(({ card }) => (card == null ? [] : [[card.number, card]])));
  if (cards.size === 0) return 'not sampled: nothing runs, or nvidia-smi does not answer';
  const told = [...cards.values()].map(
    ({ number, busy, used_bytes: used, total_bytes: total }) =>
      `${number}: ${shareText(busy)} busy, memory ${bytesText(used)} of ${bytesText(total)}`,
  );
  return told.join(' · ');
}

function shareText(share: number | null): string {
  return share === null ? '–' : `${Math.round(100 * share)} %`;
}

function bytesText(bytes: number | null): string {
  return bytes === null ? '–' : formatBytes(bytes);
}

function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

const columns: readonly WholeColumn<Slot>[] = [
  { heading: 'slot', align: 'right', importance: 0, cell: ({ number }) => span(String(number)) },
  {
    heading: 'CPU',
    align: 'right',
    importance: 1,
    cell: ({ state }) => span(state?.processors == null ? '–' : `${Math.round(100 * state.processors)} %`),
  },
  {
    heading: 'memory',
    align: 'right',
    importance: 1,
    cell: ({ state }) => span(state?.memory_bytes == null ? '–' : formatBytes(state.memory_bytes)),
  },
  {
    heading: 'steps/s',
    align: 'right',
    importance: 2,
    cell: ({ running }) => span(formatQuantity(sumOf(running.map(({ stepsPerSecond }) => stepsPerSecond)))),
  },
  {
    heading: 'tokens/s',
    align: 'right',
    importance: 3,
    cell: ({ running }) => span(formatQuantity(sumOf(running.map(({ tokensPerSecond }) => tokensPerSecond)))),
  },
  { heading: 'pid', align: 'right', importance: 4, cell: ({ state }) => span(String(state?.pid ?? '–'), 'faint') },
  {
    heading: 'runs',
    align: 'left',
    importance: 0,
    cell: ({ running: [first, ...more] }) =>
      first === undefined
        ? span('nothing', 'faint')
        : span(`${runText(first)}${more.length === 0 ? '' : ` and ${more.length} more`}`, 'accent'),
  },
];

/** Beside the others, where slots compute on graphics cards. */
const cardColumns: readonly WholeColumn<Slot>[] = [
  {
    heading: 'GPU',
    align: 'right',
    importance: 1,
    cell: ({ state }) => span(state?.card == null ? 'not sampled' : shareText(state.card.busy)),
  },
  {
    heading: 'GPU memory',
    align: 'right',
    importance: 2,
    cell: ({ state }) => span(bytesText(state?.card?.own_bytes ?? null)),
  },
];

function runText({ sweep, trial, kind, step, of }: RunningSegment): string {
  const what = `${sweep} #${trial}`;
  return kind === 'train' ? `training ${what} ${formatPercent(step, of)}` : `evaluating ${what}`;
}

/** What was claimed after the last heartbeat is shown in the slots that ran nothing then. */
function slotsOf({ slots: count, slotStates, running }: WorkerRow): readonly Slot[] {
  const told = new Set(slotStates.flatMap(({ segments }) => segments));
  const since = running.filter(({ segment }) => !told.has(segment));
  return Array.from({ length: Math.max(count, slotStates.length) }, (_, number): Slot => {
    const state = slotStates.find(({ slot }) => slot === number) ?? null;
    const own = running.filter(({ segment }) => state?.segments.includes(segment));
    const next = own.length > 0 ? undefined : since.shift();
    return { number, state, running: next === undefined ? own : [next] };
  });
}
