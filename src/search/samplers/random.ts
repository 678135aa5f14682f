import { stream } from '../../random/stream.ts';
import { numberSetting } from '../../sweep/search-section.ts';
import { wholeFrom } from '../../sweep/number-rules.ts';
import { drawValue } from '../draw-value.ts';
import { pointByPoint } from '../point-by-point.ts';
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
    fields: [
      {
        name: 'trials',
        expected: 'a whole number of at least 1',
        sentence: 'Points, each with every seed of the space',
      },
      { name: 'seed', expected: 'a whole number of at least 0', sentence: 'What points are drawn by; default 0' },
    ],
    read: (section) => {
      const trials = section.number('trials', wholeFrom(1));
      if (!section.has('trials')) section.missing('trials', 'how many points to draw');
      return { trials: trials ?? 1, seed: section.number('seed', wholeFrom(0)) ?? 0 };
    },
  },
  make: (search, axes) => {
    const seed = numberSetting(search, 'seed');
    return pointByPoint(axes, numberSetting(search, 'trials'), (axis, point) =>
      drawValue(axis, stream(seed, 'search', point, axis.name)),
    );
  },
};
