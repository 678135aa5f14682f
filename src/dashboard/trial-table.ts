import type { SweepSnapshot, TrialRow } from '../store/sweep-snapshot.ts';
import { captionRule, fitText, span, type StyledLine } from './styled-line.ts';
import type { TrialColumn } from './trial-columns.ts';
import { trialColumns } from './trial-columns.ts';
import { orderTrials, sortKeys, type SortKey } from './trial-order.ts';

export interface TrialTableView {
  /** Index into `sortKeys(snapshot)`, taken modulo its length. */
  readonly sort: number;
  /** Rows scrolled past. */
  readonly offset: number;
}

/**
 * The trials, best first: a caption, the headings, then as many rows as `height` leaves.
 * @param front trials on the Pareto front, marked `*`
 */
export function trialTable(
  snapshot: SweepSnapshot,
  view: TrialTableView,
  front: ReadonlySet<number>,
  width: number,
  height: number,
): readonly StyledLine[] {
  const key = sortKeyAt(snapshot, view.sort);
  const rows = orderTrials(snapshot.trials, key);
  const room = Math.max(0, height - 2);
  const offset = Math.min(view.offset, Math.max(0, rows.length - room));
  const shown = rows.slice(offset, offset + room);
  const columns = trialColumns(snapshot, width - 2);
  const range = rows.length > shown.length ? ` ${offset + 1}–${offset + shown.length} of ${rows.length}` : '';
  const order = `by ${key.label}${key.metric !== null ? ', best first' : ''}`;
  const partial = snapshot.trialCount > rows.length ? `; of ${snapshot.trialCount} the best, running and failed` : '';
  const caption = rows.length === 0 ? 'no trials' : `trials${range} ${order}${partial}`;
  return [
    captionRule(caption, width),
    headings(columns),
    ...shown.map((trial) => trialLine(trial, columns, front.has(trial.trial))),
  ].slice(0, height);
}

/** The greatest offset that still fills the table. */
export function lastOffset(snapshot: SweepSnapshot, height: number): number {
  return Math.max(0, snapshot.trials.length - Math.max(0, height - 2));
}

function sortKeyAt(snapshot: SweepSnapshot, sort: number): SortKey {
  const keys = sortKeys(snapshot);
  const key = keys[sort % keys.length];
  if (key === undefined) throw new RangeError('a sweep has at least one column to sort by');
  return key;
}

function headings(columns: readonly TrialColumn[]): StyledLine {
  const cells = columns.map(({ heading, width, align }) => fitText(heading, width, align));
  return [span(`  ${cells.join(' ')}`, 'heading')];
}

function trialLine(trial: TrialRow, columns: readonly TrialColumn[], onFront: boolean): StyledLine {
  const cells = columns.flatMap((column, index) => [
    span(index === 0 ? '' : ' '),
    span(fitText(column.text(trial), column.width, column.align), column.tone?.(trial) ?? 'plain'),
  ]);
  return [span(onFront ? '* ' : '  ', 'accent'), ...cells];
}
