import { axisEnds } from './axis-ends.ts';
import { axisTicks } from './axis-ticks.ts';
import { DotGrid, dotsAcross, dotsDown } from './dot-grid.ts';
import { formatQuantity } from '../../metrics/values/format-value.ts';
import { clipText, fitText, mergeSpans, span, type StyledLine, type Tone } from '../terminal/styled-line.ts';

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

/** A further line in a chart, with what stands at its end. */
export interface ChartLine {
  readonly points: readonly ChartPoint[];
  readonly label: string;
  readonly tone: Tone;
}

export interface BrailleChart {
  /** By x, ascending; those that are not finite break the line. */
  readonly points: readonly ChartPoint[];
  /** At the end of its line, where there are others; absent: nothing. */
  readonly label?: string;
  readonly others?: readonly ChartLine[];
  /** Below the axis, before its first number. */
  readonly xName: string;
  /** Of the ends of the upright axis; absent: as many digits as tell them apart, three at least. */
  readonly format?: (value: number) => string;
  readonly width: number;
  readonly height: number;
}

/** Lines through points, eight dots to a cell, in exactly so many rows: the lowest is the axis, with its two ends. */
export function brailleChart({
  points,
  label,
  others = [],
  xName,
  format,
  width,
  height,
}: BrailleChart): readonly StyledLine[] {
  const own: ChartLine = { points, label: label ?? '', tone: 'accent' };
  const lines = [own, ...others];
  const all = lines.flatMap((line) => line.points);
  const finite = all.filter(({ y }) => Number.isFinite(y));
  const rows = height - 1;
  const [low, high] = ends(finite.map(({ y }) => y));
  const shownEnds =
    format === undefined ? axisEnds({ low, high }, formatQuantity) : ([format(low), format(high)] as const);
  const ticks = axisTicks({
    ...{ low, high, log: false, rows, ends: shownEnds },
    ...(format === undefined ? {} : { format }),
  });
  const labelWidth = Math.max(...shownEnds.map((text) => text.length));
  const endWidth = others.length === 0 ? 0 : Math.max(...lines.map((line) => line.label.length + 1));
  const columns = width - labelWidth - 2 - endWidth;
  if (finite.length === 0 || rows < 1 || columns < 4)
    return padded([[span(clipText('nothing to draw yet', width), 'faint')]], height);
  const [first, last] = ends(all.map(({ x }) => x));
  const place = ({ x, y }: ChartPoint): readonly [number, number] => [
    scaled(x, first, last, columns * dotsAcross),
    rows * dotsDown - 1 - scaled(y, low, high, rows * dotsDown),
  ];
  const drawn = lines.map((line) => ({ ...line, dots: dotsOf(line.points, place, columns, rows) }));
  const atEnd = endWidth === 0 ? [] : endLabels(lines, place, rows);
  const body = Array.from({ length: rows }, (_, row): StyledLine => {
    const text = ticks.get(row) ?? '';
    return [
      span(fitText(text, labelWidth, 'right')),
      span(text === '' ? ' │' : ' ┤', 'faint'),
      ...rowOf(drawn, row, columns),
      ...(endWidth === 0 ? [] : [span(fitText(` ${atEnd[row]?.label ?? ''}`, endWidth), atEnd[row]?.tone ?? 'plain')]),
    ];
  });
  return padded([...body, axisLine(xName, first, last, labelWidth + 2, columns)], height);
}

function dotsOf(
  points: readonly ChartPoint[],
  place: (point: ChartPoint) => readonly [number, number],
  columns: number,
  rows: number,
): DotGrid {
  const dots = new DotGrid(columns, rows);
  points.forEach((point, index) => {
    if (!Number.isFinite(point.y)) return;
    const before = points[index - 1];
    const from = before !== undefined && Number.isFinite(before.y) ? before : point;
    dots.line(place(from), place(point));
  });
  return dots;
}

/** Each cell is of the first line that has a dot in it. */
function rowOf(drawn: readonly (ChartLine & { readonly dots: DotGrid })[], row: number, columns: number) {
  return mergeSpans(
    Array.from({ length: columns }, (_, column) => {
      const line = drawn.find(({ dots }) => dots.cell(column, row) !== ' ');
      return span(line?.dots.cell(column, row) ?? ' ', line?.tone ?? 'accent');
    }),
  );
}

/**
 * By row, where each line ends. Those whose ends lie in one row stand in neighbouring ones, in the order of their ends: no
 * label stands where another line passes while there is room beside its own.
 */
function endLabels(
  lines: readonly ChartLine[],
  place: (point: ChartPoint) => readonly [number, number],
  rows: number,
): readonly (ChartLine | undefined)[] {
  const ended = lines
    .flatMap((line) => {
      const end = line.points.findLast(({ y }) => Number.isFinite(y));
      return end === undefined || line.label === ''
        ? []
        : [{ line, y: end.y, row: Math.floor(place(end)[1] / dotsDown) }];
    })
    .slice(0, rows)
    .toSorted((a, b) => b.y - a.y);
  const at: number[] = [];
  for (const { row } of ended) at.push(Math.max(row, (at.at(-1) ?? -1) + 1));
  for (let index = at.length - 1, below = rows; index >= 0; index -= 1) {
    below = Math.min(at[index] ?? 0, below - 1);
    at[index] = below;
  }
  const labels: (ChartLine | undefined)[] = Array.from({ length: rows });
  ended.forEach(({ line }, index) => (labels[at[index] ?? 0] = line));
  return labels;
}

function axisLine(name: string, first: number, last: number, indent: number, columns: number): StyledLine {
  const left = `${name} ${first}`;
  const right = String(last);
  const room = columns - left.length - right.length;
  const text = room < 1 || first === last ? clipText(left, columns) : `${left}${' '.repeat(room)}${right}`;
  return [span(`${' '.repeat(indent)}${text}`, 'faint')];
}

function padded(lines: readonly StyledLine[], height: number): readonly StyledLine[] {
  return Array.from({ length: Math.max(0, height) }, (_, row) => lines[row] ?? []);
}

function ends(values: readonly number[]): readonly [low: number, high: number] {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return [low, high];
}

/** The dot of a value, from the low end; one value only: in the middle. */
function scaled(value: number, low: number, high: number, dots: number): number {
  if (high === low) return Math.floor((dots - 1) / 2);
  return Math.round(((value - low) / (high - low)) * (dots - 1));
}
