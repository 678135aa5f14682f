import { stream } from '../../random/stream.ts';
import { drawnFields, readPoints } from '../points-section.ts';
import { numberSetting } from '../../sweep/file/search-section.ts';
import { drawValue } from '../space/draw-value.ts';
import { pointByPoint } from '../space/point-by-point.ts';
import type { SamplerKind } from '../sampler.ts';

/**
 * Points drawn by (seed, point, axis): a longer search begins with the points of a shorter one, and another axis
 * changes no other's draws.
 */
export const random: SamplerKind = {
  section: {
    kind: 'random',
    ranges: true,
    example: '{kind: random, trials: <number>}',
    sentence: 'Points drawn at random; a longer search begins with the points of a shorter one',
    fields: drawnFields,
    read: (section) => readPoints(section, 'how many points to draw'),
  },
  make: (search, axes) => {
    const seed = numberSetting(search, 'seed');
    return pointByPoint(
      axes,
      numberSetting(search, 'trials'),
      () => (axis, point) => drawValue(axis, stream(seed, 'search', point, axis.name)),
    );
  },
};
