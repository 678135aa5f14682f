import type { SweepSnapshot, TrialPage, TrialRow, TrialSort } from '../../store/views/sweep-snapshot.ts';
import type { FilterColumn, TrialFilter } from '../../store/views/trials/trial-filter.ts';
import { captionRule, fitText, span, type StyledLine } from '../terminal/styled-line.ts';
import type { TrialColumn } from './trial-columns.ts';
import { trialColumns } from './trial-columns.ts';
import { isSameSort, orderTrials, orderWords, type SortKey, sortKeyAt, sortKeyOf } from './trial-order.ts';

export interface TrialTableView {
  /** Index into `sortKeys(snapshot)`, taken modulo its length, or any other order. */
  readonly sort: number | TrialSort;
  /** Null: those that the sweep calls for. */
  readonly columns: readonly FilterColumn[] | null;
  readonly marked: readonly number[];
  /** Which trials are shown; null: all. */
  readonly filter: TrialFilter | null;
  /** Rows scrolled past. */
  readonly offset: number;
  /** Place of the chosen row among all trials. */
  readonly selected: number;
}

/**
 * The trials, best first: a caption, the headings, then as many rows as `height` leaves.
 * @param front trials of configurations on the Pareto front, marked `*`
 */
export function trialTable(
  snapshot: SweepSnapshot,
  view: TrialTableView,
  front: ReadonlySet<number>,
  width: number,
  height: number,
): readonly StyledLine[] {
  const { key, rows, from } = orderedTrials(snapshot, view);
  const room = Math.max(0, height - 2);
  // Of a page that is not the one asked for yet, what is there: the caption says which trials those are.
  const skipped = Math.max(0, Math.min(view.offset - from, rows.length - room));
  const shown = rows.slice(skipped, skipped + room);
  const offset = from + skipped;
  const total = shownCount(snapshot);
  const { shown: columns, left } = trialColumns(snapshot, width - 2, view.columns, key.sort);
  const range = total > shown.length ? ` ${offset + 1}–${offset + shown.length} of ${total}` : '';
  const order = orderWords(key);
  const marked = view.marked.length === 0 ? '' : `, ${view.marked.length} marked`;
  const hidden = left.length === 0 ? '' : ` (no room for ${left.join(', ')})`;
  const caption = `${rows.length === 0 ? 'no trials' : `trials${range}${hidden} ${order}`}${filterWords(snapshot)}${marked}`;
  const marks = new Set(view.marked);
  return [
    captionRule(caption, width),
    headings(columns),
    ...shown.map((trial, row) => {
      const sign = rowSign(offset + row === view.selected, marks.has(trial.trial));
      return trialLine(trial, columns, `${front.has(trial.trial) ? '*' : ' '}${sign}`);
    }),
  ].slice(0, height);
}

/** `>` chosen, `+` marked, `#` both. */
function rowSign(chosen: boolean, marked: boolean): string {
  if (chosen) return marked ? '#' : '>';
  return marked ? '+' : ' ';
}

/** Trials of the table, over all pages. */
export function shownCount({ matching, trialCount }: Pick<SweepSnapshot, 'matching' | 'trialCount'>): number {
  return matching ?? trialCount;
}

/** Of the trials that were read, which is what the caption is of: a filter that was just set shows with its trials. */
function filterWords({ page, matching, trialCount }: SweepSnapshot): string {
  if (page?.filter === undefined) return '';
  return ` where ${page.filter.text}: ${matching ?? trialCount} of ${trialCount}, esc shows all`;
}

/** The chosen trial; null where it is not among those that were read. */
export function trialAt(snapshot: SweepSnapshot, view: TrialTableView): TrialRow | null {
  const { rows, from } = orderedTrials(snapshot, view);
  return rows[view.selected - from] ?? null;
}

/** Rows read beside those that are shown, so that scrolling does not wait. */
const rowsAround = 100;

/** The page to ask the record for where it does not give all trials: the order chosen, and rows around those shown. */
export function pageAsked(snapshot: SweepSnapshot, view: TrialTableView): TrialPage {
  return {
    sort: sortKeyAt(snapshot, view.sort).sort,
    offset: Math.max(0, view.offset - rowsAround),
    ...(view.filter === null ? {} : { filter: view.filter }),
  };
}

/** Whether what is there holds the rows that a table shows. @param visible how many those are */
export function hasPage(snapshot: SweepSnapshot, view: TrialTableView, visible: number): boolean {
  const { page, trials } = snapshot;
  if (page?.filter?.text !== view.filter?.text) return false;
  if (page === undefined) return true;
  const last = Math.min(shownCount(snapshot), view.offset + visible);
  const sorted = isSameSort(page.sort, sortKeyAt(snapshot, view.sort).sort);
  return sorted && page.offset <= view.offset && last <= page.offset + trials.length;
}

interface OrderedTrials {
  readonly key: SortKey;
  readonly rows: readonly TrialRow[];
  /** Place of the first row among all trials. */
  readonly from: number;
}

function orderedTrials(snapshot: SweepSnapshot, view: TrialTableView): OrderedTrials {
  const { page, trials } = snapshot;
  if (page === undefined) {
    const key = sortKeyAt(snapshot, view.sort);
    return { key, rows: orderTrials(trials, key), from: 0 };
  }
  return { key: sortKeyOf(snapshot, page.sort), rows: trials, from: page.offset };
}

function headings(columns: readonly TrialColumn[]): StyledLine {
  const cells = columns.map(({ heading, width, align }) => fitText(heading, width, align));
  return [span(`  ${cells.join(' ')}`, 'heading')];
}

function trialLine(trial: TrialRow, columns: readonly TrialColumn[], marks: string): StyledLine {
  const cells = columns.flatMap((column, index) => [
    span(index === 0 ? '' : ' '),
    span(fitText(column.text(trial), column.width, column.align), column.tone?.(trial) ?? 'plain'),
  ]);
  return [span(marks, 'accent'), ...cells];
}
