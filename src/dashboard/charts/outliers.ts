/** A value that a plot draws, and how many it stands for. */
interface Drawn {
  readonly y: number;
  readonly count?: number;
}

/** The part of an axis that is drawn, and how many trials lie beyond its ends. */
export interface Outlook {
  readonly low: number;
  readonly high: number;
  readonly below: number;
  readonly above: number;
}

/** Fewer values than this have no outliers. */
const fewest = 8;
/** Distances between the quarters that a value may lie beyond them. */
const reach = 3;
/** What outliers cost before they are left outside: the others would have less than this share of the axis. */
const squeezed = 0.5;

/**
 * The part of an axis that shows the trials apart where a few lie far off, as collapsed ones do. What is always shown,
 * the front and its intervals, never lies outside; what does is counted, for whoever looks to be told.
 */
export function outlook(drawn: readonly Drawn[], always: readonly number[]): Outlook {
  const values = drawn.map(({ y }) => y).filter((y) => Number.isFinite(y));
  const whole = { ...endsOf([...values, ...always]), below: 0, above: 0 };
  if (values.length < fewest) return whole;
  const sorted = values.toSorted((a, b) => a - b);
  const quarter = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
  const spread = reach * (quarter(0.75) - quarter(0.25));
  // Most of them are equal: any other would be an outlier.
  if (spread <= 0) return whole;
  const [least, most] = [quarter(0.25) - spread, quarter(0.75) + spread];
  const { low, high } = endsOf([...values.filter((y) => y >= least && y <= most), ...always]);
  if (high - low >= squeezed * (whole.high - whole.low)) return whole;
  const count = (outside: (y: number) => boolean): number =>
    drawn.reduce((sum, { y, count: of = 1 }) => sum + (outside(y) ? of : 0), 0);
  return { low, high, below: count((y) => y < low), above: count((y) => y > high) };
}

/** `4 below ↓, 1 above ↑`; empty: nothing lies outside. */
export function outsideText({ below, above }: Pick<Outlook, 'below' | 'above'>): string {
  return [...(below === 0 ? [] : [`${below} below ↓`]), ...(above === 0 ? [] : [`${above} above ↑`])].join(', ');
}

/** The least and the greatest of values. */
export function endsOf(values: readonly number[]): { readonly low: number; readonly high: number } {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return { low, high };
}
