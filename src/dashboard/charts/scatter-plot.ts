import { axisEnds } from './axis-ends.ts';
import { axisTicks } from './axis-ticks.ts';
import type { Category } from './categories.ts';
import { DotGrid, dotsAcross, dotsDown } from './dot-grid.ts';
import { formatQuantity } from '../../metrics/values/format-value.ts';
import { endsOf, type Outlook, outlook } from './outliers.ts';
import { type Cell, plotFrame } from './plot-frame.ts';
import { Remembered } from '../reading/remembered.ts';
import { fitText, span, type StyledLine } from '../terminal/styled-line.ts';

export interface ScatterPoint {
  /** By its number a point that is spread has its place. */
  readonly trial: number;
  readonly x: number;
  readonly y: number;
  /** Place among the categories; −1: none. */
  readonly category: number;
  /** Points that it stands for; absent: itself. */
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

/** Points between two axes, with the front joined by dots and its intervals as bars; the cursor's is inverse. */
export function scatterPlot(scatter: Scatter, width: number, height: number): readonly StyledLine[] {
  const rows = height - 2;
  const key = JSON.stringify([width, height, scatter.logX, scatter.logY, endsOf(intervalEnds(scatter))]);
  const ground = grounds.of(scatter.points, key, () => drawGround(scatter, width, rows));
  if (ground === null) return [];
  const { place, xEnds, ticks, labelWidth, columns } = ground;
  const cells = ground.cells.map((row) => [...row]);
  drawFront(scatter, place, cells);
  const labels = { of: (row: number) => ticks.get(row) ?? '', width: labelWidth };
  return plotFrame(cells, labels, xAxis(scatter, xEnds, labelWidth + 2, columns));
}

/** All of a plot but its front and the cursor on it. */
interface Ground {
  readonly cells: readonly (readonly Cell[])[];
  readonly place: Place;
  readonly xEnds: readonly [string, string];
  readonly ticks: ReadonlyMap<number, string>;
  readonly labelWidth: number;
  readonly columns: number;
}

/** The cursor moves over the same ground, of a hundred thousand points at times. */
const grounds = new Remembered<Scatter['points'], Ground | null>();

/** Null: there is no room for it. */
function drawGround(scatter: Scatter, width: number, rows: number): Ground | null {
  const { yEnds, labelWidth, columns } = sidesOf(scatter, width);
  if (columns < 8 || rows < 2) return null;
  const place = placement(scatter, columns, rows);
  const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, (): Cell => empty));
  drawPoints(scatter, place, cells);
  const xEnds = axisEnds(endsOf(scatter.points.map(({ x }) => x)), formatQuantity);
  const { low, high } = seenOf(scatter);
  const ticks = axisTicks({ low, high, log: scatter.logY, rows, ends: yEnds });
  return { cells, place, xEnds, ticks, labelWidth, columns };
}

/** What stands left of a plot, and the columns that are left for it. */
function sidesOf(scatter: Pick<Scatter, 'points' | 'front' | 'logY'>, width: number) {
  const yEnds = axisEnds(seenOf(scatter), formatQuantity);
  const labelWidth = Math.max(6, ...yEnds.map(({ length }) => length));
  return { yEnds, labelWidth, columns: width - labelWidth - 2 };
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

/** Whether points that have the same x are spread about it, so that they can be told apart. */
export function isSpread(scatter: Pick<Scatter, 'points' | 'front' | 'logX' | 'logY'>, width: number): boolean {
  const { columns } = sidesOf(scatter, width);
  return columns >= 8 && spreadRooms(scatter, columns).size > 0;
}

/** In dots from the upper left. */
function placement(scatter: Scatter, columns: number, rows: number): Place {
  const { logY } = scatter;
  const dots = columns * dotsAcross;
  const toX = scaleOfX(scatter, columns);
  const { low, high } = seenOf(scatter);
  const toY = scale([low, high], logY, rows * dotsDown);
  const rooms = spreadRooms(scatter, columns);
  return ({ trial, x, y }) => {
    const place = toX(x);
    const { before, after } = rooms.get(place) ?? noRoom;
    return {
      x: clamp(place + Math.round((before + after) * fraction(trial)) - before, dots),
      y: rows * dotsDown - 1 - clamp(toY(y), rows * dotsDown),
    };
  };
}

/** Dots that the points of a column are spread over, left and right of it. */
interface Room {
  readonly before: number;
  readonly after: number;
}

const noRoom: Room = { before: 0, after: 0 };
/** Dots that a column is spread over, at most, each way. */
const widestRoom = 8;

/**
 * By place, in dots: of each column of several points with the same x a third of the way to its nearest neighbour, both
 * ways, and not over the edges. However many columns there are, those that have room are spread.
 */
function spreadRooms(scatter: Pick<Scatter, 'points' | 'logX'>, columns: number): ReadonlyMap<number, Room> {
  return spreads.of(scatter.points, `${scatter.logX} ${columns}`, () => roomsOf(scatter, columns));
}

const spreads = new Remembered<Scatter['points'], ReadonlyMap<number, Room>>(4);

function roomsOf(scatter: Pick<Scatter, 'points' | 'logX'>, columns: number): ReadonlyMap<number, Room> {
  const counts = new Map<number, number>();
  for (const { x, count = 1 } of scatter.points) counts.set(x, (counts.get(x) ?? 0) + count);
  const toX = scaleOfX(scatter, columns);
  const crowded = new Set([...counts].flatMap(([x, count]) => (count > 1 ? [toX(x)] : [])));
  const places = [...new Set([...counts.keys()].map(toX))].toSorted((a, b) => a - b);
  const rooms = new Map<number, Room>();
  places.forEach((place, index) => {
    const gap = Math.min(
      place - (places[index - 1] ?? Number.NEGATIVE_INFINITY),
      (places[index + 1] ?? Number.POSITIVE_INFINITY) - place,
    );
    const room = Math.min(widestRoom, Math.floor(gap / 3));
    if (room < 1 || !crowded.has(place)) return;
    const last = columns * dotsAcross - 1;
    rooms.set(place, { before: Math.min(room, place), after: Math.min(room, last - place) });
  });
  return rooms;
}

function scaleOfX({ points, logX }: Pick<Scatter, 'points' | 'logX'>, columns: number): (x: number) => number {
  const values = points.map(({ x }) => x);
  return scale(values, logX, columns * dotsAcross);
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

/** Each cell has the glyph and the colour of the category that most of its points are of; without categories, dots. */
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
  const asGlyphs = categories.length > 1;
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
