import { metricNamed } from '../metrics.ts';

/** An interval cut to what the metric's range leaves of it: there is no calibration error below 0. */
export function withinRange<Interval extends { readonly lower: number | null; readonly upper: number | null }>(
  metric: string,
  interval: Interval,
): Interval {
  const [least, greatest] = metricNamed(metric)?.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const { lower, upper } = interval;
  return {
    ...interval,
    lower: lower === null ? null : Math.max(least, lower),
    upper: upper === null ? null : Math.min(greatest, upper),
  };
}
