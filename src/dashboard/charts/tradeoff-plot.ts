import { axisEnds } from './axis-ends.ts';
import { formatQuantity } from '../terminal/format-value.ts';
import { endsOf, type Outlook, outlook, outsideText } from './outliers.ts';
import { type Cell, plotFrame } from './plot-frame.ts';
import { Remembered } from '../remembered.ts';
import { clipText, fitText, span, type StyledLine, type Tone } from '../terminal/styled-line.ts';
import type { Tradeoff, TrialPoint } from '../tradeoff.ts';

const leastLabelWidth = 7;
const background: Cell = { symbol: ' ', tone: 'plain' };

/**
 * The trials as a scatter of the objective (upwards) against complexity (to the right), with the Pareto front marked
 * and joined by dots. A cell that several trials share shows how many: a digit, or `+` for ten and more; on the front
 * the number stands after the `*`.
 */
export function tradeoffPlot(tradeoff: Tradeoff, width: number, height: number): readonly StyledLine[] {
  return drawn.of(tradeoff, `${width} ${height}`, () => drawPlot(tradeoff, width, height));
}

/** It stays as it is until the next snapshot, whatever keys do. */
const drawn = new Remembered<Tradeoff, readonly StyledLine[]>();

function drawPlot(tradeoff: Tradeoff, width: number, height: number): readonly StyledLine[] {
  const rows = height - 2;
  if (tradeoff.points.length === 0) return rows < 2 ? [] : emptyPlot(width, height);
  const seen = seenOf(tradeoff);
  const y = axis(seen, rows);
  const yEnds = axisEnds(y, formatTick);
  const labelWidth = Math.max(leastLabelWidth, ...yEnds.map((label) => label.length));
  const columns = width - labelWidth - 2;
  if (columns < 8 || rows < 2) return [];
  const x = axis(endsOf(tradeoff.points.map(({ complexity }) => complexity)), columns);
  const cells = drawCells(tradeoff, x, y, columns, rows);
  const label = (row: number) => yLabel(y, rows, row, yEnds);
  return plotFrame(cells, { of: label, width: labelWidth }, xLabels(x, columns, labelWidth));
}

/** What of the objective is drawn: a few trials that lie far off do not squeeze the others into a row. */
function seenOf({ points, front }: Tradeoff): Outlook {
  return outlook(
    points.map(({ value: y, count = 1 }) => ({ y, count })),
    front.map(({ value }) => value),
  );
}

/** The plot's title with what its symbols mean: the longest wording that fits. What lies outside is in all of them. */
export function plotCaption(tradeoff: Tradeoff, width: number): string {
  const title = `${tradeoff.heading} by complexity${tradeoff.mixedNumerics ? ' (MIXED NUMERICS)' : ''}`;
  const outside = outsideText(seenOf(tradeoff));
  if (outside !== '')
    return (
      [`${title}: * front  o trial  2-9 + many, ${outside}`, `${title}, ${outside}`].find(
        (wording) => wording.length <= width,
      ) ?? clipText(`${outside}: ${title}`, width)
    );
  const legend = `${title}: * front  o trial  2-9 + many`;
  const wordings = [`${legend}, ${tradeoff.missing} not scored`, legend, `${title}, * = front`, title];
  const fitting = wordings.slice(tradeoff.missing > 0 ? 0 : 1).find((wording) => wording.length <= width);
  return fitting ?? clipText(title, width);
}

interface Axis {
  readonly low: number;
  readonly high: number;
  /** The cell of a value, from the low end. */
  cell(value: number): number;
}

function axis({ low, high }: Pick<Axis, 'low' | 'high'>, cells: number): Axis {
  const range = high - low;
  // One value only: its cell is in the middle. What lies beyond the ends stands at them.
  const cell = (value: number): number =>
    range > 0
      ? Math.max(0, Math.min(cells - 1, Math.round(((value - low) / range) * (cells - 1))))
      : Math.floor((cells - 1) / 2);
  return { low, high, cell };
}

function drawCells(tradeoff: Tradeoff, x: Axis, y: Axis, columns: number, rows: number): readonly (readonly Cell[])[] {
  const grid: Cell[][] = Array.from({ length: rows }, () => Array.from({ length: columns }, () => background));
  const put = (column: number, row: number, symbol: string, tone: Tone, over: boolean): void => {
    const line = grid[row];
    const cell = line?.[column];
    if (line === undefined || cell === undefined || (!over && cell !== background)) return;
    line[column] = { symbol, tone };
  };
  const place = (point: TrialPoint): { column: number; row: number } => ({
    column: x.cell(point.complexity),
    row: rows - 1 - y.cell(point.value),
  });
  const isOutside = ({ value }: TrialPoint): boolean => value < y.low || value > y.high;
  for (const point of tradeoff.points.filter(isOutside)) {
    const { column, row } = place(point);
    put(column, row, point.value < y.low ? '↓' : '↑', 'warning', true);
  }
  const inside = tradeoff.points.filter((point) => !isOutside(point));
  const inCell = countByCell(inside, place);
  const onFront = countByCell(tradeoff.front, place);
  for (const { column, row, count } of inCell.values()) put(column, row, several(count, 'o'), 'plain', true);
  for (const { column, row } of onFront.values()) put(column, row, '*', 'accent', true);
  for (const [key, { column, row }] of onFront) {
    const count = inCell.get(key)?.count ?? 1;
    if (count > 1) put(column + 1, row, several(count, ''), 'accent', false);
  }
  joinFront(tradeoff.front.map(place), (column, row) => put(column, row, '·', 'faint', false));
  return grid;
}

function countByCell(
  points: readonly TrialPoint[],
  place: (point: TrialPoint) => { column: number; row: number },
): ReadonlyMap<string, { readonly column: number; readonly row: number; readonly count: number }> {
  const cells = new Map<string, { column: number; row: number; count: number }>();
  for (const point of points) {
    const { column, row } = place(point);
    const key = `${column},${row}`;
    const cell = cells.get(key);
    const count = point.count ?? 1;
    if (cell === undefined) cells.set(key, { column, row, count });
    else cell.count += count;
  }
  return cells;
}

function several(count: number, one: string): string {
  if (count === 1) return one;
  return count < 10 ? String(count) : '+';
}

/** The staircase of what is attained: on from each point at its own height until the next one's complexity. */
function joinFront(
  steps: readonly { readonly column: number; readonly row: number }[],
  dot: (column: number, row: number) => void,
): void {
  steps.forEach((from, index) => {
    const to = steps[index + 1];
    if (to === undefined) return;
    for (let column = from.column; column <= to.column; column += 1) dot(column, from.row);
    for (let row = Math.min(from.row, to.row); row <= Math.max(from.row, to.row); row += 1) dot(to.column, row);
  });
}

function yLabel(y: Axis, rows: number, index: number, [low, high]: readonly [string, string]): string {
  if (y.low === y.high) return index === rows - 1 - y.cell(y.low) ? low : '';
  if (index === 0) return high;
  return index === rows - 1 ? low : '';
}

function formatTick(value: number): string {
  return Math.abs(value) < 10 && Math.abs(value) >= 0.001 ? value.toFixed(4) : formatQuantity(value);
}

function xLabels(x: Axis, columns: number, labelWidth: number): StyledLine {
  const indent = ' '.repeat(labelWidth + 2);
  const [low, high] = axisEnds(x, formatQuantity);
  if (x.low === x.high) {
    return [span(indent + fitText(`complexity ${low}`, columns))];
  }
  const name = 'complexity →';
  const room = columns - low.length - high.length;
  if (room < name.length + 2) return [span(`${indent}${low}${' '.repeat(Math.max(1, room))}${high}`)];
  const left = Math.floor((room - name.length) / 2);
  const right = room - name.length - left;
  return [span(`${indent}${low}${' '.repeat(left)}`), span(name, 'faint'), span(`${' '.repeat(right)}${high}`)];
}

function emptyPlot(width: number, height: number): readonly StyledLine[] {
  const text = 'no trial is scored yet';
  const top = Math.floor(height / 2) - 1;
  const left = Math.max(0, Math.floor((width - text.length) / 2));
  return Array.from({ length: height }, (_, index) =>
    index === top ? [span(`${' '.repeat(left)}${clipText(text, width)}`, 'faint')] : [],
  );
}
