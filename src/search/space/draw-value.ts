import type { RandomStream } from '../../random/stream.ts';
import { trainingField } from '../../sweep/training-fields.ts';
import type { SpaceAxis } from './space-axes.ts';

/** One value of an axis, every value as likely as every other on its scale. */
export function drawValue(axis: SpaceAxis, source: RandomStream): number | string {
  if (axis.scale === null) return axis.values[source.integers(1, axis.values.length)[0] ?? 0] ?? 0;
  return valueAt(axis, source.uniforms(1)[0] ?? 0);
}

/** The value at a share in [0, 1) of the way through an axis; through a list by its order. */
export function valueOfShare(axis: SpaceAxis, share: number): number | string {
  if (axis.scale !== null) return valueAt(axis, share);
  return axis.values[Math.floor(share * axis.values.length)] ?? 0;
}

/** Of an axis with 0 besides its range, 0 has so much of the way through it. */
const zeroShare = 0.15;

/** The value at a share in [0, 1] of the way through a range, on its scale. */
export function valueAt(axis: SpaceAxis, share: number): number {
  if (axis.zero !== true) return inRange(axis, share);
  return share < zeroShare ? 0 : inRange(axis, (share - zeroShare) / (1 - zeroShare));
}

/** How far through a range a value lies on its scale, in [0, 1]: of one of several values the middle of its interval. */
export function shareOf(axis: SpaceAxis, value: number): number {
  if (axis.zero !== true) return shareOfRange(axis, value);
  return value === 0 ? zeroShare / 2 : zeroShare + (1 - zeroShare) * shareOfRange(axis, value);
}

/** Values of an axis that can be counted: those of a list, or the steps of a range. */
export interface AxisSteps {
  readonly count: number;
  /** Of a place, from 0. */
  readonly at: (place: number) => number | string | undefined;
}

/** Null: between any two values of the axis lie others. */
export function stepsOf(axis: SpaceAxis): AxisSteps | null {
  const { values, zero, step } = axis;
  if (axis.scale === null) return { count: values.length, at: (place) => values[place] };
  const [low, , between] = ends(axis);
  if (between === null) return null;
  const zeros = zero === true ? 1 : 0;
  const steps = Math.floor((Number(values[1]) - low) / between + 1e-9) + 1;
  const at = (place: number): number => (step === undefined ? low + place : stepped(low + place * between));
  return { count: zeros + steps, at: (place) => (place < zeros ? 0 : at(place - zeros)) };
}

/** As numbers are written: 0.1 × 3 is 0.30000000000000004 in binary. */
function stepped(value: number): number {
  return Number(value.toPrecision(12));
}

function inRange(axis: SpaceAxis, share: number): number {
  const [low, top, between] = ends(axis);
  const high = Number(axis.values[1]);
  const value = axis.scale === 'log' ? low * (top / low) ** share : low + share * (top - low);
  // Four digits are more than a training can tell apart, and can be read and typed again.
  if (between === null) return Math.min(high, Math.max(low, Number(value.toPrecision(4))));
  if (axis.step === undefined) return Math.min(high, Math.floor(value));
  const steps = Math.min(Math.floor((high - low) / between + 1e-9), Math.floor((value - low) / between + 1e-9));
  return stepped(low + Math.max(0, steps) * between);
}

function shareOfRange(axis: SpaceAxis, value: number): number {
  const [low, top, between] = ends(axis);
  const middle = between === null ? value : value + between / 2;
  const share = axis.scale === 'log' ? Math.log(middle / low) / Math.log(top / low) : (middle - low) / (top - low);
  return Math.min(1, Math.max(0, share));
}

/**
 * From where to where values are laid out, and how far they are apart; null: they are not. Each of them has the interval
 * [value, value + step), so that both ends are as likely as the others; a whole number's step is 1.
 */
function ends(axis: SpaceAxis): readonly [low: number, top: number, between: number | null] {
  const low = Number(axis.values[0]);
  const high = Number(axis.values[1]);
  const between = axis.step ?? (isWhole(axis) ? 1 : null);
  if (between === null) return [low, high, null];
  return [low, low + (Math.floor((high - low) / between + 1e-9) + 1) * between, between];
}

function isWhole({ name, free }: SpaceAxis): boolean {
  return free !== true && trainingField(name)?.form.axis?.range?.whole === true;
}
