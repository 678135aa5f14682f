import { formatCount } from '../../base/format-count.ts';
import { formatNumber } from '../../metrics/values/format-number.ts';
import { formatMeasure, metricNamed } from '../../metrics/metrics.ts';

/** A mean with its 95 % interval, which may be wider on one side. */
export interface ShownInterval {
  readonly mean: number;
  /** Null: nothing tells how far the mean may be off. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** A paired difference with its interval. */
export interface Difference {
  readonly estimate: number;
  /** Null: it is the same in every row, which tells no interval. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Decimals beyond which numbers are written with an exponent. */
const mostDecimals = 7;

/**
 * A number with the half-width of its interval, both to the same decimal: that of the half-width's second digit, beyond
 * which the number is noise. `0.880 ±0.050`, `1.2e-9 ±4.8e-9`.
 */
export function formatWithHalf(value: number, half: number): string {
  const decimals = decimalsFor(half);
  if (decimals <= mostDecimals) return `${value.toFixed(decimals)} ±${half.toFixed(decimals)}`;
  if (Math.abs(value) >= 10 ** -mostDecimals) return `${value.toFixed(mostDecimals)} ±${half.toExponential(1)}`;
  const rounded = Number(value.toFixed(Math.min(100, decimals)));
  return `${rounded === 0 ? '0' : rounded.toExponential()} ±${half.toExponential(1)}`;
}

/** Decimals that show two digits of a half-width. */
function decimalsFor(half: number): number {
  if (half === 0 || !Number.isFinite(half)) return 4;
  return Math.max(0, 1 - Math.floor(Math.log10(half)));
}

/**
 * A metric's mean with its interval: `0.880 ±0.050`, or `0.990 (0.950 to 1)` where it ends sooner on one side; the mean
 * alone where there is none.
 */
export function formatInterval(metric: string, { mean, lower, upper }: ShownInterval): string {
  if (lower === null || upper === null) return formatMeasure(metric, mean);
  const half = Math.max(upper - mean, mean - lower);
  // An interval that is no wider than rounding is none.
  if (half <= 1e-12 * Math.abs(mean)) return formatMeasure(metric, mean);
  if (Math.abs(upper - mean - (mean - lower)) <= 0.05 * half) return formatWithHalf(mean, half);
  const write = writerFor(half);
  return `${write(mean)} (${write(lower)} to ${write(upper)})`;
}

/** `0.880, 95 % 0.830 to 0.930`. */
export function intervalSentence(metric: string, { mean, lower, upper }: ShownInterval): string {
  if (lower === null || upper === null) return formatMeasure(metric, mean);
  const write = writerFor((upper - lower) / 2);
  return `${write(mean)}, 95 % ${write(lower)} to ${write(upper)}`;
}

/**
 * A difference in a metric with its interval: in points, hundredths of the scale, where the metric is a share.
 * `+1.2 points accuracy, 95 % +0.4 to +2.1`; without bounds it is the same in every row.
 */
export function differenceSentence(metric: string, heading: string, { estimate, lower, upper }: Difference): string {
  if (lower === null && estimate === 0) return `no row differs in ${heading}`;
  const share = isShare(metric);
  const scale = share ? 100 : 1;
  const write = writerFor((scale * ((upper ?? 0) - (lower ?? 0))) / 2);
  const signed = (value: number): string => {
    const text = write(Math.abs(scale * value));
    return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
  };
  const unit = share ? ` points ${heading}` : ` ${heading}`;
  if (lower === null || upper === null) return `${signed(estimate)}${unit} in every row`;
  return `${signed(estimate)}${unit}, 95 % ${signed(lower)} to ${signed(upper)}`;
}

/** For a table: `+0.153 ±0.041`, `no row differs`. */
export function differenceText({ estimate, lower, upper }: Difference): string {
  if (lower === null && estimate === 0) return 'no row differs';
  const size = Math.abs(estimate);
  const text = lower === null || upper === null ? formatNumber(size) : formatWithHalf(size, (upper - lower) / 2);
  return `${estimate < 0 ? '−' : '+'}${text}`;
}

/** An amount that is a share is said in points. */
export function amountSentence(metric: string, amount: number): string {
  return isShare(metric) ? formatCount(Number((100 * amount).toPrecision(2)), 'point') : formatMeasure(metric, amount);
}

/** A probability of chance is never said to be 0: `0.032`, `<0.001`. */
export function formatProbability(probability: number): string {
  return probability < 0.001 ? '<0.001' : probability.toFixed(3);
}

function isShare(metric: string): boolean {
  const [least, greatest] = metricNamed(metric)?.range ?? [0, 0];
  return least === 0 && greatest === 1;
}

function writerFor(half: number): (value: number) => string {
  const decimals = decimalsFor(half);
  return decimals <= mostDecimals ? (value) => value.toFixed(decimals) : formatNumber;
}
