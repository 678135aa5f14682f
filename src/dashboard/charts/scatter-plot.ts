import { axisEnds } from './axis-ends.ts';
import type { Category } from './categories.ts';
import { DotGrid, dotsAcross, dotsDown } from './dot-grid.ts';
import { formatQuantity } from '../terminal/format-value.ts';
import { endsOf, type Outlook, outlook } from './outliers.ts';
import { type Cell, plotFrame } from './plot-frame.ts';
import { Remembered } from '../remembered.ts';
import { fitText, span, type StyledLine } from '../terminal/styled-line.ts';

export interface ScatterPoint {
  readonly trial: number;
  readonly x: number;
  readonly y: number;
  /** Place among the categories; −1: none. */
  readonly category: number;
  /** Trials that it stands for; absent: itself. */
  readonly count?: number;
  /** Interval of its configuration; absent: nothing tells of one. */
  readonly interval?: readonly [lower: number, upper: number];
}

export interface Scatter {
  readonly points: readonly ScatterPoint[];
  /** By ascending x. */
  readonly front: readonly ScatterPoint[];
  /** Place of the cursor on the front. */
  readonly cursor: number;
  readonly categories: readonly Category[];
  readonly xName: string;
  readonly logX: boolean;
  readonly logY: boolean;
}

/** Up to so many points stand as glyphs of their category; more as dots, eight to a cell. */
const glyphsUpTo = 300;
/** Up to so many values of x stand in columns that points are spread about. */
const columnsUpTo = 12;

/** Points between two axes, with the front joined by dots and its intervals as bars; the cursor's is inverse. */
export function scatterPlot(scatter: Scatter, width: number, height: number): readonly StyledLine[] {
  const rows = height - 2;
  const key = JSON.stringify([width, height, scatter.logX, scatter.logY, endsOf(intervalEnds(scatter))]);
  const ground = grounds.of(scatter.points, key, () => drawGround(scatter, width, rows));
  if (ground === null) return [];
  const { place, xEnds, yEnds, labelWidth, columns } = ground;
  const cells = ground.cells.map((row) => [...row]);
  drawFront(scatter, place, cells);
  const label = (row: number) => (row === 0 ? yEnds[1] : row === rows - 1 && yEnds[0] !== yEnds[1] ? yEnds[0] : '');
  return plotFrame(cells, { of: label, width: labelWidth }, xAxis(scatter, xEnds, labelWidth + 2, columns));
}

/** All of a plot but its front and the cursor on it. */
interface Ground {
  readonly cells: readonly (readonly Cell[])[];
  readonly place: Place;
  readonly xEnds: readonly [string, string];
  readonly yEnds: readonly [string, string];
  readonly labelWidth: number;
  readonly columns: number;
}

/** The cursor moves over the same ground, of a hundred thousand points at times. */
const grounds = new Remembered<Scatter['points'], Ground | null>();

/** Null: there is no room for it. */
function drawGround(scatter: Scatter, width: number, rows: number): Ground | null {
  const yEnds = axisEnds(seenOf(scatter), formatQuantity);
  const labelWidth = Math.max(6, ...yEnds.map(({ length }) => length));
  const columns = width - labelWidth - 2;
  if (columns < 8 || rows < 2) return null;
  const place = placement(scatter, columns, rows);
  const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, (): Cell => empty));
  drawPoints(scatter, place, cells);
  const xEnds = axisEnds(endsOf(scatter.points.map(({ x }) => x)), formatQuantity);
  return { cells, place, xEnds, yEnds, labelWidth, columns };
}

/**
 * What is drawn of y: all of the front with its intervals, since a bar that is cut off says less than it knows, and all
 * points but those far off, which are counted. A logarithm brings these near.
 */
export function seenOf(scatter: Pick<Scatter, 'points' | 'front' | 'logY'>): Outlook {
  const always = [...scatter.front.map(({ y }) => y), ...intervalEnds(scatter)];
  return seen.of(scatter.points, JSON.stringify([scatter.logY, endsOf(always)]), () => {
    if (!scatter.logY) return outlook(scatter.points, always);
    return { ...endsOf([...scatter.points.map(({ y }) => y), ...always]), below: 0, above: 0 };
  });
}

const seen = new Remembered<Scatter['points'], Outlook>(4);

function intervalEnds({ front, logY }: Pick<Scatter, 'front' | 'logY'>): readonly number[] {
  return front.flatMap(({ interval = [] }) => interval.filter((end) => end > 0 || !logY));
}

const empty: Cell = { symbol: ' ', tone: 'plain' };

type Place = (point: ScatterPoint) => { readonly x: number; readonly y: number };

/** Whether points of few columns are spread, so that they can be told apart. */
export function isSpread({ points }: Pick<Scatter, 'points'>): boolean {
  return spreads.of(points, '', () => hasFewColumns(points));
}

const spreads = new Remembered<Scatter['points'], boolean>();

function hasFewColumns(points: Scatter['points']): boolean {
  const distinct = new Set(points.map(({ x }) => x)).size;
  return distinct <= columnsUpTo && distinct < points.length;
}

/** In dots from the upper left. */
function placement(scatter: Scatter, columns: number, rows: number): Place {
  const { points, logX, logY } = scatter;
  const toX = scale(
    points.map(({ x }) => x),
    logX,
    columns * dotsAcross,
  );
  const { low, high } = seenOf(scatter);
  const toY = scale([low, high], logY, rows * dotsDown);
  const room = isSpread(scatter) ? spreadRoom(scatter, toX) : 0;
  return ({ trial, x, y }) => ({
    x: clamp(toX(x) + Math.round(room * (2 * fraction(trial) - 1)), columns * dotsAcross),
    y: rows * dotsDown - 1 - clamp(toY(y), rows * dotsDown),
  });
}

/** A third of the way to the next column of points, both ways. */
function spreadRoom({ points }: Scatter, toX: (x: number) => number): number {
  const places = [...new Set(points.map(({ x }) => toX(x)))].toSorted((a, b) => a - b);
  const gaps = places.slice(1).map((place, index) => place - (places[index] ?? 0));
  return Math.min(8, Math.floor(Math.min(24, ...gaps) / 3));
}

/** The same for a trial always: it does not move when others come. */
function fraction(trial: number): number {
  return (trial * 0.618_033_988_75) % 1;
}

function scale(values: readonly number[], log: boolean, dots: number): (value: number) => number {
  const of = (value: number): number => (log ? Math.log10(value) : value);
  const { low, high } = endsOf(values.map(of));
  if (high === low) return () => Math.floor((dots - 1) / 2);
  return (value) => Math.round(((of(value) - low) / (high - low)) * (dots - 1));
}

function clamp(dot: number, dots: number): number {
  return Math.max(0, Math.min(dots - 1, dot));
}

/** Each cell has the colour of the category that most of its points are of. */
function drawPoints({ points, categories }: Scatter, place: Place, cells: Cell[][]): void {
  const columns = cells[0]?.length ?? 0;
  const dots = new DotGrid(columns, cells.length);
  const counts = new Map<number, Map<number, number>>();
  for (const point of points) {
    const { x, y } = place(point);
    dots.set(x, y);
    const key = Math.floor(y / dotsDown) * columns + Math.floor(x / dotsAcross);
    const inCell = counts.get(key) ?? new Map<number, number>();
    inCell.set(point.category, (inCell.get(point.category) ?? 0) + (point.count ?? 1));
    counts.set(key, inCell);
  }
  const asGlyphs = categories.length > 1 && points.length <= glyphsUpTo;
  for (const [key, inCell] of counts) {
    const [most = -1] = [...inCell].toSorted((a, b) => b[1] - a[1])[0] ?? [];
    const category = categories[most];
    const column = key % columns;
    const row = Math.floor(key / columns);
    const symbol = asGlyphs && category !== undefined ? category.glyph : dots.cell(column, row);
    put(cells, column, row, { symbol, tone: category?.tone ?? 'plain' });
  }
}

function drawFront({ front, cursor, categories }: Scatter, place: Place, cells: Cell[][]): void {
  const at = (point: ScatterPoint) => {
    const { x, y } = place(point);
    return { column: Math.floor(x / dotsAcross), row: Math.floor(y / dotsDown) };
  };
  const dot = (column: number, row: number): void => {
    if (cells[row]?.[column]?.symbol === ' ') put(cells, column, row, { symbol: '·', tone: 'faint' });
  };
  const steps = front.map(at);
  steps.forEach((from, index) => {
    const to = steps[index + 1];
    if (to === undefined) return;
    for (let column = from.column; column <= to.column; column += 1) dot(column, from.row);
    for (let row = Math.min(from.row, to.row); row <= Math.max(from.row, to.row); row += 1) dot(to.column, row);
  });
  for (const point of front) {
    if (point.interval === undefined) continue;
    const [lower, upper] = point.interval.map((y) => at({ ...point, y }));
    if (lower === undefined || upper === undefined) continue;
    for (let row = upper.row; row <= lower.row; row += 1) {
      if (' ·'.includes(cells[row]?.[lower.column]?.symbol ?? ''))
        put(cells, lower.column, row, { symbol: '│', tone: 'accent' });
    }
  }
  front.forEach((point, index) => {
    const category = categories[point.category];
    const symbol = categories.length > 1 ? (category?.glyph ?? '●') : '●';
    const { column, row } = at(point);
    put(cells, column, row, { symbol, tone: index === cursor ? 'loud' : (category?.tone ?? 'accent') });
  });
}

function put(cells: Cell[][], column: number, row: number, cell: Cell): void {
  const line = cells[row];
  if (line !== undefined && column >= 0 && column < line.length) line[column] = cell;
}

function xAxis(
  { xName, logX }: Scatter,
  [low, high]: readonly [string, string],
  indent: number,
  columns: number,
): StyledLine {
  const name = `${xName}${logX ? ' (log)' : ''} →`;
  if (low === high) return [span(' '.repeat(indent) + fitText(`${xName} ${low}`, columns))];
  const room = columns - low.length - high.length;
  if (room < name.length + 2) return [span(`${' '.repeat(indent)}${low}${' '.repeat(Math.max(1, room))}${high}`)];
  const left = Math.floor((room - name.length) / 2);
  return [
    span(`${' '.repeat(indent)}${low}${' '.repeat(left)}`),
    span(name, 'faint'),
    span(`${' '.repeat(room - name.length - left)}${high}`),
  ];
}
