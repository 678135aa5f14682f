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
import type { ChartPoint, ChartSeries } from './chart.ts';
import type { PlacedAxis } from './chart-scales.ts';
import type { PathShape, Shape, Stroke } from './drawing.ts';
import { rounded, short } from './rounded.ts';

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
export function glyphOf(look: SeriesLook): Pick<PathShape, 'd' | 'fill' | 'stroke'> {
  const d = rounded(symbol(look.glyph, 42)() ?? '');
  return look.hollow ? { d, fill: '#fff', stroke: { colour: look.colour, width: 1.4 } } : { d, fill: look.colour };
}

export function strokeOf({ colour, dashes: lengths }: SeriesLook): Stroke {
  return { colour, width: 1.8, ...(lengths === '' ? {} : { dashes: lengths }) };
}

interface PlacedPoint {
  readonly x: number;
  readonly y: number;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly name: string | undefined;
}

/** @param base where bars stand on */
export function drawSeries(
  series: ChartSeries,
  look: SeriesLook,
  x: PlacedAxis,
  y: PlacedAxis,
  base: number,
): readonly Shape[] {
  const placed = series.points.map((point) => placePoint(point, x, y));
  const { colour } = look;
  switch (series.marks) {
    case 'line':
      return [...band(placed, colour), linePath(placed, strokeOf(look))];
    case 'steps':
      return [linePath(placed, strokeOf(look), true), ...placed.map((point) => glyphAt(point, look))];
    case 'line with points':
      return [
        linePath(placed, strokeOf(look)),
        ...placed.flatMap((point) => [...whisker(point, colour), glyphAt(point, look)]),
      ];
    case 'points':
      return placed.flatMap((point) => [...whisker(point, colour), glyphAt(point, look)]);
    case 'bars':
      return placed.flatMap((point) => [bar(point, colour, base), ...whisker(point, '#000')]);
    default:
      return series.marks satisfies never;
  }
}

function placePoint({ x: across, y: up, lower, upper, name }: ChartPoint, x: PlacedAxis, y: PlacedAxis): PlacedPoint {
  const bound = (value: number | null | undefined): number | null =>
    value === null || value === undefined ? null : y.place(value);
  return { x: x.place(across), y: y.place(up), lower: bound(lower), upper: bound(upper), name };
}

function linePath(points: readonly PlacedPoint[], stroke: Stroke, steps = false): PathShape {
  const path = line<PlacedPoint>(
    ({ x }) => x,
    ({ y }) => y,
  );
  if (steps) path.curve(curveStepAfter);
  return { kind: 'path', d: rounded(path(points) ?? ''), stroke };
}

/** The interval of a line, where it has one. */
function band(points: readonly PlacedPoint[], colour: string): readonly PathShape[] {
  const known = points.filter(({ lower, upper }) => lower !== null && upper !== null);
  if (known.length < 2) return [];
  const path = area<PlacedPoint>()
    .x(({ x }) => x)
    .y0(({ lower, y }) => lower ?? y)
    .y1(({ upper, y }) => upper ?? y);
  return [{ kind: 'path', d: rounded(path(known) ?? ''), fill: colour, fillOpacity: 0.15 }];
}

function whisker({ x, lower, upper }: PlacedPoint, colour: string): readonly PathShape[] {
  if (lower === null || upper === null) return [];
  const [at, low, high] = [short(x), short(lower), short(upper)];
  const [left, right] = [short(x - 3), short(x + 3)];
  const d = `M${at},${low}V${high}M${left},${low}H${right}M${left},${high}H${right}`;
  return [{ kind: 'path', d, stroke: { colour, width: 1 } }];
}

function glyphAt({ x, y, name }: PlacedPoint, look: SeriesLook): PathShape {
  return { kind: 'path', at: { x, y }, ...glyphOf(look), ...tipOf(name) };
}

function bar({ x, y, name }: PlacedPoint, colour: string, base: number): PathShape {
  const [top, tall] = [short(Math.min(y, base)), short(Math.abs(base - y))];
  const d = `M${short(x - 9)},${top}h18v${tall}h-18Z`;
  return { kind: 'path', d, fill: colour, fillOpacity: 0.55, stroke: { colour, width: 1 }, ...tipOf(name) };
}

function tipOf(name: string | undefined): Pick<PathShape, 'tip'> {
  return name === undefined ? {} : { tip: name };
}
