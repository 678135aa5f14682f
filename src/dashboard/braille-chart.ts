import { formatQuantity } from './format-value.ts';
import { clipText, fitText, span, type StyledLine } from './styled-line.ts';

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

export interface BrailleChart {
  /** By x, ascending whole numbers; those that are not finite break the line. */
  readonly points: readonly ChartPoint[];
  /** Below the axis, before its first number. */
  readonly xName: string;
  readonly width: number;
  readonly height: number;
}

/** Dots of a cell, across and down. */
const across = 2;
const down = 4;

/** The bit of each dot in U+2800's block, by row and column of the cell. */
const dotBits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** A line through points, eight dots to a cell, in exactly so many rows: the lowest is the axis, with its two ends. */
export function brailleChart({ points, xName, width, height }: BrailleChart): readonly StyledLine[] {
  const finite = points.filter(({ y }) => Number.isFinite(y));
  const rows = height - 1;
  const [low, high] = ends(finite.map(({ y }) => y));
  const labels = [low, high].map((value) => formatQuantity(value));
  const labelWidth = Math.max(...labels.map((label) => label.length));
  const columns = width - labelWidth - 2;
  if (finite.length === 0 || rows < 1 || columns < 4)
    return padded([[span(clipText('nothing to draw yet', width), 'faint')]], height);
  const [first, last] = ends(points.map(({ x }) => x));
  const dots = new DotGrid(columns, rows);
  const place = ({ x, y }: ChartPoint): readonly [number, number] => [
    scaled(x, first, last, columns * across),
    rows * down - 1 - scaled(y, low, high, rows * down),
  ];
  points.forEach((point, index) => {
    if (!Number.isFinite(point.y)) return;
    const before = points[index - 1];
    const from = before !== undefined && Number.isFinite(before.y) ? before : point;
    dots.line(place(from), place(point));
  });
  const lines = dots.rows().map((text, row): StyledLine => {
    const label = row === 0 ? labels[1] : row === rows - 1 && low !== high ? labels[0] : '';
    return [
      span(fitText(label ?? '', labelWidth, 'right')),
      span(label === '' ? ' │' : ' ┤', 'faint'),
      span(text, 'accent'),
    ];
  });
  return padded([...lines, axisLine(xName, first, last, labelWidth + 2, columns)], height);
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

class DotGrid {
  readonly #columns: number;
  readonly #cells: Uint8Array;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#cells = new Uint8Array(columns * rows);
  }

  /** Every dot between two, ends included. */
  line([fromX, fromY]: readonly [number, number], [toX, toY]: readonly [number, number]): void {
    const steps = Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY), 1);
    for (let step = 0; step <= steps; step += 1) {
      const part = step / steps;
      this.#set(Math.round(fromX + part * (toX - fromX)), Math.round(fromY + part * (toY - fromY)));
    }
  }

  rows(): readonly string[] {
    const count = this.#cells.length / this.#columns;
    return Array.from({ length: count }, (_, row) => {
      const cells = this.#cells.subarray(row * this.#columns, (row + 1) * this.#columns);
      return Array.from(cells, (bits) => (bits === 0 ? ' ' : String.fromCodePoint(0x2800 + bits))).join('');
    });
  }

  #set(x: number, y: number): void {
    const cell = Math.floor(y / down) * this.#columns + Math.floor(x / across);
    const bit = dotBits[y % down]?.[x % across];
    const bits = this.#cells[cell];
    if (bit !== undefined && bits !== undefined) this.#cells[cell] = bits | bit;
  }
}
