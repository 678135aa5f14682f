import { activePoint } from '../space/space-axes.ts';
import type { SamplerKind } from '../sampler.ts';

/** Every point of the space; the last axis changes fastest. */
export const grid: SamplerKind = {
  section: {
    kind: 'grid',
    ranges: false,
    example: null,
    sentence: 'Every point of the space',
    fields: [],
    read: () => ({}),
  },
  make: (_, axes) => {
    const size = axes.reduce((product, { values }) => product * values.length, 1);
    const slowestLast = [...axes].reverse();
    return {
      independent: true,
      size,
      pointAt: (ordinal) => {
        if (!Number.isInteger(ordinal) || ordinal < 0 || ordinal >= size)
          throw new RangeError(`no point ${ordinal} of ${size}`);
        const point: Record<string, number | string> = {};
        let rest = ordinal;
        for (const { name, values } of slowestLast) {
          const value = values[rest % values.length];
          rest = Math.floor(rest / values.length);
          if (value !== undefined) point[name] = value;
        }
        return activePoint(axes, point);
      },
    };
  },
};
