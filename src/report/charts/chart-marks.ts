import {
  area,
  curveStepAfter,
  line,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  type SymbolType,
  symbolTriangle,
  symbolWye,
} from 'd3-shape';
import { escapeMarkup } from '../document/markup.ts';
import type { ChartPoint, ChartSeries } from './chart.ts';
import type { PlacedAxis } from './chart-scales.ts';

/** How one series is told from the others: by shape and dashes first, since colour may not be printed or seen. */
export interface SeriesLook {
  readonly colour: string;
  readonly dashes: string;
  readonly glyph: SymbolType;
  readonly hollow: boolean;
}

// Okabe and Ito's palette, of which every two are told apart by colour-blind people.
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000'];
const dashes = ['', '6 3', '2 3', '8 3 2 3', '12 4', '4 2 1 2', '1 2'];
const glyphs = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolCross, symbolStar, symbolWye];

export function lookOf(index: number): SeriesLook {
  const turn = index % colours.length;
  return {
    colour: colours[turn] ?? '#000',
    dashes: dashes[turn] ?? '',
    glyph: glyphs[turn] ?? symbolCircle,
    hollow: index % 2 === 1,
  };
}

/** Every second series is hollow: on paper without colour that is told sooner than a shape. */
export function glyphFill(look: SeriesLook): string {
  return look.hollow ? `fill="#fff" stroke="${look.colour}" stroke-width="1.4"` : `fill="${look.colour}"`;
}

export function glyphPath({ glyph }: SeriesLook, size = 42): string {
  return rounded(symbol(glyph, size)() ?? '');
}

interface PlacedPoint {
  readonly x: number;
  readonly y: number;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly name: string | undefined;
}

/** @param base where bars stand on */
export function drawSeries(series: ChartSeries, look: SeriesLook, x: PlacedAxis, y: PlacedAxis, base: number): string {
  const placed = series.points.map((point) => placePoint(point, x, y));
  const { colour, dashes: dash } = look;
  const stroke = `fill="none" stroke="${colour}" stroke-width="1.8"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}`;
  switch (series.marks) {
    case 'line':
      return band(placed, colour) + linePath(placed, stroke);
    case 'steps':
      return linePath(placed, stroke, true) + placed.map((point) => glyphAt(point, look)).join('');
    case 'line with points':
      return linePath(placed, stroke) + placed.map((point) => whisker(point, colour) + glyphAt(point, look)).join('');
    case 'points':
      return placed.map((point) => whisker(point, colour) + glyphAt(point, look)).join('');
    case 'bars':
      return placed.map((point) => bar(point, colour, base) + whisker(point, '#000')).join('');
    default:
      return series.marks satisfies never;
  }
}

function placePoint({ x: across, y: up, lower, upper, name }: ChartPoint, x: PlacedAxis, y: PlacedAxis): PlacedPoint {
  const bound = (value: number | null | undefined): number | null =>
    value === null || value === undefined ? null : y.place(value);
  return { x: x.place(across), y: y.place(up), lower: bound(lower), upper: bound(upper), name };
}

function linePath(points: readonly PlacedPoint[], stroke: string, steps = false): string {
  const path = line<PlacedPoint>(
    ({ x }) => x,
    ({ y }) => y,
  );
  if (steps) path.curve(curveStepAfter);
  return `<path d="${rounded(path(points) ?? '')}" ${stroke}/>`;
}

/** The interval of a line, where it has one. */
function band(points: readonly PlacedPoint[], colour: string): string {
  const known = points.filter(({ lower, upper }) => lower !== null && upper !== null);
  if (known.length < 2) return '';
  const path = area<PlacedPoint>()
    .x(({ x }) => x)
    .y0(({ lower, y }) => lower ?? y)
    .y1(({ upper, y }) => upper ?? y);
  return `<path d="${rounded(path(known) ?? '')}" fill="${colour}" fill-opacity="0.15"/>`;
}

function whisker({ x, lower, upper }: PlacedPoint, colour: string): string {
  if (lower === null || upper === null) return '';
  const [at, low, high] = [short(x), short(lower), short(upper)];
  const [left, right] = [short(x - 3), short(x + 3)];
  return `<path d="M${at},${low}V${high}M${left},${low}H${right}M${left},${high}H${right}" stroke="${colour}" stroke-width="1"/>`;
}

function glyphAt({ x, y, name }: PlacedPoint, look: SeriesLook): string {
  const title = name === undefined ? '' : `<title>${escapeMarkup(name)}</title>`;
  return `<path transform="translate(${short(x)},${short(y)})" d="${glyphPath(look)}" ${glyphFill(look)}>${title}</path>`;
}

function bar({ x, y, name }: PlacedPoint, colour: string, base: number): string {
  const title = name === undefined ? '' : `<title>${escapeMarkup(name)}</title>`;
  const top = short(Math.min(y, base));
  return `<rect x="${short(x - 9)}" y="${top}" width="18" height="${short(Math.abs(base - y))}" fill="${colour}" fill-opacity="0.55" stroke="${colour}">${title}</rect>`;
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A path with a tenth of a unit: what is beyond is not seen. */
function rounded(path: string): string {
  return path.replaceAll(/-?\d+\.\d+(?:e-?\d+)?/g, (number) => short(Number(number)));
}
