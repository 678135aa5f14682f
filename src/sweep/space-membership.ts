/** An axis of the space, as far as its values go. */
export interface AxisValues {
  /** Of a range: its two ends. */
  readonly values: readonly (number | string)[];
  /** Null: one of the values. */
  readonly scale: 'linear' | 'log' | null;
  readonly step?: number;
  /** Of a range: 0 is tried besides. */
  readonly zero?: boolean;
}

/** What was expected of a value that the axis has not, in words; null: it has it. The one place where that is decided. */
export function offAxis({ values, scale, step, zero }: AxisValues, value: number | string): string | null {
  if (scale === null)
    return values.includes(value) ? null : `one of the axis's values in the space: ${values.join(', ')}`;
  if (zero === true && value === 0) return null;
  const [low = 0, high = 0] = values.map(Number);
  const range = `a number of the axis's range, ${low} to ${high}`;
  if (typeof value !== 'number') return range;
  if (step === undefined) return value >= low && value <= high ? null : range;
  const nearest = nearestStep(low, high, step, value);
  const isStep = Math.abs(value - nearest) <= 1e-9 * step;
  return isStep ? null : `${range} in steps of ${step}, of which ${nearest} is the nearest`;
}

/** As points are drawn: steps from the lower end, rounded to 12 digits. */
function nearestStep(low: number, high: number, step: number, value: number): number {
  const last = Math.floor((high - low) / step + 1e-9);
  const steps = Math.min(last, Math.max(0, Math.round((value - low) / step)));
  return Number((low + steps * step).toPrecision(12));
}

type Conditions = Readonly<Record<string, readonly (number | string)[]>>;

/**
 * The first condition of an axis that a point does not fulfil, by the axis that it is on; null: the axis is there for the
 * point. An axis that is not there itself fulfils none.
 */
export function missedCondition(
  name: string,
  whenOf: (axis: string) => Conditions | undefined,
  point: Readonly<Record<string, unknown>>,
): string | null {
  const missed = Object.entries(whenOf(name) ?? {}).find(([other, values]) => {
    const holds = values.some((value) => value === point[other]);
    return !holds || missedCondition(other, whenOf, point) !== null;
  });
  return missed?.[0] ?? null;
}

/** `adapter: adalora` */
export function conditionWords(when: Conditions): string {
  return Object.entries(when)
    .map(([axis, values]) => `${axis}: ${values.join(' or ')}`)
    .join(', ');
}
