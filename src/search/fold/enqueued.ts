import type { SearchDefinition } from '../../sweep/sweep-definition.ts';
import { searchedAxes } from '../space/repeats.ts';
import { enqueuedPoints } from '../space/enqueued-points.ts';
import { LeftOver } from '../space/left-over.ts';
import type { Sampler } from '../sampler.ts';
import type { SpaceAxis } from '../space/space-axes.ts';

/** A sampler that tries the points of `enqueue` first, and then its own; they are no part of its number of trials. */
export function enqueued(sampler: Sampler, search: SearchDefinition, axes: readonly SpaceAxis[]): Sampler {
  const points = enqueuedPoints(search);
  if (points.length === 0) return sampler;
  if (!sampler.independent) {
    const left = new LeftOver({ size: points.length, at: (number) => points[number] ?? {} });
    return {
      ...sampler,
      trials: points.length + sampler.trials,
      opening: (learned) => Math.max(points.length, sampler.opening(learned)),
      suggest: (number, history) => {
        const point = left.first(history);
        if (point !== null) return { point, reason: `enqueued by the sweep file, point ${number + 1}` };
        return sampler.suggest(number, history);
      },
    };
  }
  const { seeds } = searchedAxes(axes);
  const repeats = Math.max(1, seeds.length);
  const first = points.length * repeats;
  return {
    independent: true,
    size: first + sampler.size,
    pointAt: (ordinal) => {
      const point = points[Math.floor(ordinal / repeats)];
      if (point === undefined || ordinal < 0) return sampler.pointAt(ordinal < 0 ? ordinal : ordinal - first);
      const seed = seeds[ordinal % repeats];
      return seed === undefined ? point : { ...point, seed };
    },
    ...(sampler.drawn === undefined ? {} : { drawn: { ...sampler.drawn, given: points } }),
  };
}
