import { type ScaleContinuousNumeric, scaleLinear, scaleLog, scalePoint } from 'd3-scale';
import type { Chart, ChartAxis, ChartPoint } from './chart.ts';

/** Where values of one axis lie, in the units of the drawing. */
export interface PlacedAxis {
  place(value: number | string): number;
  readonly ticks: readonly AxisTick[];
}

export interface AxisTick {
  readonly at: number;
  readonly text: string;
}

/** @param range from the axis's least value to its greatest */
export function placeX(chart: Chart, range: readonly [number, number], wanted: number): PlacedAxis {
  const points = chart.series.flatMap(({ points: own }) => own);
  if (chart.x.scale === 'categories') return placeCategories(points, range);
  return placeNumbers(
    chart.x,
    points.flatMap(({ x }) => (typeof x === 'number' ? [x] : [])),
    range,
    wanted,
  );
}

export function placeY(chart: Chart, range: readonly [number, number], wanted: number): PlacedAxis {
  const bounds = chart.series.flatMap(({ points, marks }) => [
    ...points.flatMap(({ y, lower, upper }) => [y, lower ?? y, upper ?? y]),
    ...(marks === 'bars' ? [0] : []),
  ]);
  const lines = (chart.references ?? []).flatMap(({ at }) => (typeof at === 'number' ? [at] : []));
  return placeNumbers(chart.y, [...bounds, ...lines], range, wanted);
}

function placeCategories(points: readonly ChartPoint[], range: readonly [number, number]): PlacedAxis {
  const names = [...new Set(points.map(({ x }) => String(x)))];
  const scale = scalePoint().domain(names).range(range).padding(0.5);
  const place = (value: number | string): number => scale(String(value)) ?? range[0];
  return { place, ticks: names.map((text) => ({ at: place(text), text })) };
}

function placeNumbers(
  { scale: kind, shows }: ChartAxis,
  values: readonly number[],
  range: readonly [number, number],
  wanted: number,
): PlacedAxis {
  const finite = [...values, ...(shows ?? [])].filter(
    (value) => Number.isFinite(value) && (kind !== 'log' || value > 0),
  );
  const [least, greatest] = spread(finite);
  const scale: ScaleContinuousNumeric<number, number> = kind === 'log' ? scaleLog() : scaleLinear();
  scale.domain([least, greatest]).nice(wanted).range(range);
  // Of what is counted no halves.
  const whole = finite.every((value) => Number.isInteger(value));
  const text = scale.tickFormat(wanted, kind === 'log' ? '~g' : whole ? ',d' : undefined);
  const [from = least, to = greatest] = scale.domain();
  return {
    // What a log scale has no place for stands at its end.
    place: (value) => scale(Math.min(to, Math.max(from, Number(value)))),
    ticks: scale
      .ticks(wanted)
      .flatMap((value) =>
        text(value) === '' || (whole && !Number.isInteger(value)) ? [] : [{ at: scale(value), text: text(value) }],
      ),
  };
}

/** Never empty: a single value gets room on both sides. */
function spread(values: readonly number[]): readonly [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  if (least > greatest) return [0, 1];
  // What differs by rounding alone is one value.
  if (greatest - least > 1e-9 * Math.max(Math.abs(least), Math.abs(greatest))) return [least, greatest];
  const room = least === 0 ? 1 : Math.abs(least) / 10;
  return [least - room, greatest + room];
}
