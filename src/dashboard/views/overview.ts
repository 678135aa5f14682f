import { slotSummary } from '../parts/slot-list.ts';
import { beside } from '../terminal/styled-line.ts';
import { frontTrials, tradeoff } from '../parts/tradeoff.ts';
import { tradeoffBlock } from '../parts/tradeoff-block.ts';
import { shownCount, trialTable } from '../tables/trial-table.ts';
import { slotBlock } from './workers.ts';
import { chosenTrial, openTrial } from './trials.ts';
import { snapshotView } from './view.ts';

/** Table, scatter and slots at once, as far as there is room. */
export const overview = snapshotView({
  name: 'overview',
  key: '1',
  help: 'trials, trade-off and slots at once',
  eventsBelow: true,
  rows: (_, snapshot) => shownCount(snapshot),
  filtered: true,
  sorted: true,
  rowsFrom: 2,
  visible: (width, height) => Math.max(0, divide(width, height).table - 2),
  draw(_, { snapshot, state, now, width, height }) {
    const parts = divide(width, height);
    const trade = tradeoff(snapshot);
    const front = frontTrials(snapshot);
    if (isWide(width, height)) {
      const left = Math.floor(width * 0.52);
      const right = width - left - 1;
      const slots = Math.min(Math.max(4, snapshot.slots.length + 1), Math.floor(height / 3));
      const table = trialTable(snapshot, state, front, left, height);
      return beside(
        Array.from({ length: height }, (_line, row) => table[row] ?? []),
        left + 1,
        [...tradeoffBlock(trade, right, height - slots), ...slotBlock(snapshot, now, right, slots)],
      );
    }
    const table = trialTable(snapshot, state, front, width, parts.table);
    const padding = Array.from({ length: parts.table - table.length }, () => []);
    const summary = parts.summary > 0 ? [slotSummary(snapshot, width)] : [];
    if (parts.plot === 0) return [...table, ...padding, ...summary];
    const left = width >= besideFrom ? Math.floor(width * 0.58) : width;
    const plot = tradeoffBlock(trade, left, parts.plot);
    const right = width - left - 1;
    if (right < 20) return [...table, ...padding, ...plot, ...summary];
    return [...table, ...padding, ...beside(plot, left + 1, slotBlock(snapshot, now, right, parts.plot)), ...summary];
  },
  open: (_, frame) => openTrial(frame),
  trials: (_, { snapshot, state }) => chosenTrial(snapshot, state),
});

/** Whether table and scatter have room side by side, each in all rows. */
function isWide(width: number, height: number): boolean {
  return width >= 170 && height >= 20;
}

/** Columns from which slots stand beside the scatter. */
const besideFrom = 76;

function divide(
  width: number,
  height: number,
): { readonly table: number; readonly plot: number; readonly summary: number } {
  if (isWide(width, height)) return { table: height, plot: 0, summary: 0 };
  if (height < 14) return { table: height - 1, plot: 0, summary: 1 };
  const summary = width >= besideFrom ? 0 : 1;
  const table = Math.max(7, Math.floor((height - summary) * 0.5));
  return { table, plot: height - summary - table, summary };
}
