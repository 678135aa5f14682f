import type { Sampler } from './sampler.ts';
import type { SpaceAxis } from './space-axes.ts';

/** Every point of the space; the last axis changes fastest. */
export function gridSampler(axes: readonly SpaceAxis[]): Sampler {
  const size = axes.reduce((product, { values }) => product * values.length, 1);
  return {
    size,
    independent: true,
    suggest: (ordinal) => {
      if (!Number.isInteger(ordinal) || ordinal < 0 || ordinal >= size)
        throw new RangeError(`no point ${ordinal} of ${size}`);
      const point: Record<string, number | string> = {};
      let rest = ordinal;
      for (const { name, values } of [...axes].reverse()) {
        const value = values[rest % values.length];
        rest = Math.floor(rest / values.length);
        if (value !== undefined) point[name] = value;
      }
      return point;
    },
  };
}
