import type { RandomStream } from '../random/stream.ts';
import { trainingField } from '../sweep/training-fields.ts';
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

/** The value at a share in [0, 1] of the way through a range, on its scale. */
export function valueAt(axis: SpaceAxis, share: number): number {
  const [low, top] = ends(axis);
  const high = Number(axis.values[1]);
  const value = axis.scale === 'log' ? low * (top / low) ** share : low + share * (top - low);
  if (isWhole(axis)) return Math.min(high, Math.floor(value));
  // Four digits are more than a training can tell apart, and can be read and typed again.
  return Math.min(high, Math.max(low, Number(value.toPrecision(4))));
}

/** How far through a range a value lies on its scale, in [0, 1]: of a whole number the middle of its interval. */
export function shareOf(axis: SpaceAxis, value: number): number {
  const [low, top] = ends(axis);
  const middle = isWhole(axis) ? value + 0.5 : value;
  const share = axis.scale === 'log' ? Math.log(middle / low) / Math.log(top / low) : (middle - low) / (top - low);
  return Math.min(1, Math.max(0, share));
}

/** A whole number has the interval [value, value + 1), so that both ends are as likely as the others. */
function ends(axis: SpaceAxis): readonly [number, number] {
  const low = Number(axis.values[0]);
  const high = Number(axis.values[1]);
  return [low, isWhole(axis) ? high + 1 : high];
}

function isWhole({ name }: SpaceAxis): boolean {
  return trainingField(name)?.form.axis?.range?.whole === true;
}
