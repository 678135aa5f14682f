import { dotsDown } from './dot-grid.ts';

/** What an upright axis shows: values from `low`, at its foot, to `high`, in so many rows. */
export interface UprightAxis {
  readonly low: number;
  readonly high: number;
  /** By the logarithm of the values. */
  readonly log: boolean;
  readonly rows: number;
  /** What stands at the foot and at the head. */
  readonly ends: readonly [low: string, high: string];
  /** Of values between the ends; absent: in the digits of their step. */
  readonly format?: (value: number) => string;
}

/** Rows that an axis has for each round value between its ends, at least. */
const rowsEach = 6;

/**
 * Labels by row from the head: the ends, and between them round values (by a logarithm, powers of ten) that are no wider
 * than these and not close to them.
 */
export function axisTicks({ low, high, log, rows, ends, format }: UprightAxis): ReadonlyMap<number, string> {
  const labels = new Map<number, string>([[0, ends[1]]]);
  if (rows > 1 && low < high) labels.set(rows - 1, ends[0]);
  const most = Math.floor(rows / rowsEach);
  if (most < 1 || !(low < high) || (log && low <= 0)) return labels;
  const widest = Math.max(...ends.map(({ length }) => length));
  const of = (value: number): number => (log ? Math.log10(value) : value);
  const [from, to] = [of(low), of(high)];
  for (const { value, text } of roundValues(from, to, most)) {
    // Between powers of ten a label in few digits would be of another value.
    if (log && !Number.isInteger(value)) continue;
    const dots = Math.round(((value - from) / (to - from)) * (rows * dotsDown - 1));
    const row = Math.floor((rows * dotsDown - 1 - dots) / dotsDown);
    const label = log ? String(10 ** value) : (format?.(value) ?? text);
    if (row >= 2 && row <= rows - 3 && label.length <= widest) labels.set(row, label);
  }
  return labels;
}

/** Multiples of 1, 2 or 5 times a power of ten between two values: as many as there may be, or fewer. */
function roundValues(from: number, to: number, most: number): readonly { value: number; text: string }[] {
  const power = Math.floor(Math.log10((to - from) / most));
  const steps = [1, 2, 5, 10, 20, 50].map((factor) => ({ factor, step: factor * 10 ** power }));
  const { factor, step } = steps.find((one) => Math.floor(to / one.step) - Math.ceil(from / one.step) < most) ?? {
    factor: 100,
    step: 100 * 10 ** power,
  };
  const digits = Math.max(0, -power - (factor >= 10 ? 1 : 0));
  const count = Math.max(0, Math.floor(to / step) - Math.ceil(from / step) + 1);
  return Array.from({ length: count }, (_, index) => {
    const value = (Math.ceil(from / step) + index) * step;
    return { value, text: value.toFixed(digits) };
  });
}
