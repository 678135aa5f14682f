import { stream } from '../random/stream.ts';
import { trainingField } from '../sweep/training-fields.ts';
import type { Sampler } from './sampler.ts';
import type { SpaceAxis } from './space-axes.ts';

/**
 * Points drawn by (seed, point, axis): a longer search begins with the points of a shorter one, and another axis
 * changes no other's draws. The training's `seed` is no axis to draw from but a repeat: each point comes with each
 * of its values, one after the other.
 */
export function randomSampler(axes: readonly SpaceAxis[], trials: number, seed: number): Sampler {
  const drawn = axes.filter(({ name, scale }) => name !== 'seed' || scale !== null);
  const repeats = axes.find(({ name, scale }) => name === 'seed' && scale === null)?.values ?? [];
  const repeatCount = Math.max(1, repeats.length);
  const size = trials * repeatCount;
  return {
    size,
    independent: true,
    suggest: (ordinal) => {
      if (!Number.isInteger(ordinal) || ordinal < 0 || ordinal >= size)
        throw new RangeError(`no point ${ordinal} of ${size}`);
      const point: Record<string, number | string> = {};
      for (const axis of drawn) point[axis.name] = draw(axis, seed, Math.floor(ordinal / repeatCount));
      const repeat = repeats[ordinal % repeatCount];
      if (repeat !== undefined) point['seed'] = repeat;
      return point;
    },
  };
}

function draw(axis: SpaceAxis, seed: number, point: number): number | string {
  const source = stream(seed, 'search', point, axis.name);
  if (axis.scale === null) return axis.values[source.integers(1, axis.values.length)[0] ?? 0] ?? 0;
  const low = Number(axis.values[0]);
  const high = Number(axis.values[1]);
  const share = source.uniforms(1)[0] ?? 0;
  const whole = trainingField(axis.name)?.form.axis?.range?.whole === true;
  // A whole number has the interval [value, value + 1), so that both ends are as likely as the others.
  const top = whole ? high + 1 : high;
  const value = axis.scale === 'log' ? low * (top / low) ** share : low + share * (top - low);
  if (whole) return Math.min(high, Math.floor(value));
  // Four digits are more than a training can tell apart, and can be read and typed again.
  return Math.min(high, Math.max(low, Number(value.toPrecision(4))));
}
