import { assertNever } from '../base/assert-never.ts';
import type { DashboardView } from './view-state.ts';

/** Heights, in rows, of the parts of a frame; they add up to the terminal's. */
export interface FrameLayout {
  readonly header: number;
  readonly table: number;
  /** Caption, plot and axis; slots beside it where there is room. */
  readonly plot: number;
  readonly slots: number;
  readonly slotSummary: number;
  readonly events: number;
  readonly keys: number;
}

export const smallestWidth = 40;
export const smallestHeight = 10;

const headerHeight = 3;
const nothing = { table: 0, plot: 0, slots: 0, slotSummary: 0 };

/** Divides a terminal among the parts of a view. Null where it is too small for any of them. */
export function frameLayout(view: DashboardView, width: number, height: number): FrameLayout | null {
  if (width < smallestWidth || height < smallestHeight) return null;
  const keys = 1;
  const events = view === 'slots' ? 0 : height >= 34 ? 3 : 1;
  const body = height - headerHeight - keys - events;
  const common = { ...nothing, header: headerHeight, events, keys };
  switch (view) {
    case 'trials':
      return { ...common, table: body };
    case 'tradeoff':
      return { ...common, plot: body };
    case 'slots':
      return { ...common, slots: body };
    case 'overview':
      return { ...common, ...divideOverview(body, width) };
    default:
      return assertNever(view, 'view');
  }
}

function divideOverview(body: number, width: number): Partial<FrameLayout> {
  if (body < 14) return { table: body - 1, slotSummary: 1 };
  const slotsBeside = width >= 76;
  const slotSummary = slotsBeside ? 0 : 1;
  const table = Math.max(7, Math.floor((body - slotSummary) * 0.5));
  return { table, plot: body - slotSummary - table, slotSummary };
}

/** Columns of the plot where slots stand beside it. */
export function plotWidth(width: number): number {
  return width >= 76 ? Math.floor(width * 0.58) : width;
}
