import { searchedAxes } from './repeats.ts';
import type { IndependentSampler, SpacePoint } from '../sampler.ts';
import { activePoint, type SpaceAxis } from './space-axes.ts';

/**
 * So many points, each value a function of axis and point; each point with each seed of the space, one after the other.
 * @param draw is told the axes that are searched: seeds are none of them
 */
export function pointByPoint(
  axes: readonly SpaceAxis[],
  trials: number,
  draw: (searched: readonly SpaceAxis[]) => (axis: SpaceAxis, point: number) => number | string,
): IndependentSampler {
  const { drawn, seeds } = searchedAxes(axes);
  const valueOf = draw(drawn);
  const repeats = Math.max(1, seeds.length);
  const size = trials * repeats;
  const at = (number: number): SpacePoint => {
    const point: Record<string, number | string> = {};
    for (const axis of drawn) point[axis.name] = valueOf(axis, number);
    return activePoint(axes, point);
  };
  return {
    independent: true,
    size,
    pointAt: (ordinal) => {
      if (!Number.isInteger(ordinal) || ordinal < 0 || ordinal >= size)
        throw new RangeError(`no point ${ordinal} of ${size}`);
      const point = at(Math.floor(ordinal / repeats));
      const seed = seeds[ordinal % repeats];
      return seed === undefined ? point : { ...point, seed };
    },
    drawn: { given: [], count: trials, at },
  };
}
