/** A figure as data: what is drawn, never how. Renderers make SVG or a table of it. */
export interface Chart {
  /** Its content as sentences, which stand in its place where it is not seen. */
  readonly description: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly ChartSeries[];
  /** Lines to compare with, beneath the series. */
  readonly references?: readonly ReferenceLine[];
}

export interface ChartAxis {
  readonly label: string;
  /** `categories` stand side by side in the order of their first appearance; `log` takes positive numbers alone. */
  readonly scale: 'linear' | 'log' | 'categories';
  /** Shown at least; absent: as the points ask. */
  readonly shows?: readonly [number, number];
}

export interface ChartSeries {
  readonly name: string;
  readonly marks: 'points' | 'line' | 'line with points' | 'steps' | 'bars';
  readonly points: readonly ChartPoint[];
}

export interface ChartPoint {
  readonly x: number | string;
  readonly y: number;
  readonly lower?: number | null;
  readonly upper?: number | null;
  /** For people who point at it. */
  readonly name?: string;
}

export interface ReferenceLine {
  readonly name: string;
  /** y = x, or the same y everywhere. */
  readonly at: 'diagonal' | number;
}

/** Log where the numbers are positive and span more than a factor of 50. */
export function scaleFor(values: readonly number[]): 'linear' | 'log' {
  const least = Math.min(...values);
  return least > 0 && Math.max(...values) / least > 50 ? 'log' : 'linear';
}
