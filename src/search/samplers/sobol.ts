import { stream } from '../../random/stream.ts';
import { drawnFields, readPoints } from '../points-section.ts';
import { madeAs, numberSetting } from '../../sweep/file/search-section.ts';
import { valueOfShare } from '../space/draw-value.ts';
import { pointByPoint } from '../space/point-by-point.ts';
import type { SamplerKind } from '../sampler.ts';
import { owenScrambled, SobolDimension, sobolDimensions } from '../space/sobol-sequence.ts';

/** Sweeps that do not say so were launched by a version that gave repeats a dimension, which none of their points used. */
const overSearched = 'over searched axes';

/**
 * A Sobol sequence over the searched axes in the order of their names, scrambled by (seed, axis): points that fill the space
 * more evenly than random ones, a longer search beginning with the points of a shorter one, however its file is ordered.
 * Best with powers of two.
 */
export const sobol: SamplerKind = {
  section: {
    kind: 'sobol',
    ranges: true,
    example: '{kind: sobol, trials: <number>}',
    sentence: 'Points of a Sobol sequence, which fill the space more evenly',
    fields: [
      ...drawnFields,
      { name: 'scramble', expected: 'owen, none', sentence: 'How the sequence is randomised; default owen' },
    ],
    read: (section) => ({
      ...readPoints(section, 'how many points to take; a power of two fills best'),
      scramble: section.choice('scramble', ['owen', 'none']) ?? 'owen',
      [madeAs]: overSearched,
    }),
  },
  make: (search, axes) => {
    const seed = numberSetting(search, 'seed');
    return pointByPoint(axes, numberSetting(search, 'trials'), (searched) => {
      const dimensional = search[madeAs] === overSearched ? searched : axes;
      if (dimensional.length > sobolDimensions)
        throw new RangeError(`no Sobol sequence has ${dimensional.length} dimensions here`);
      // The record does not keep the order of the file.
      const names = dimensional.map(({ name }) => name).sort();
      const dimensions = new Map(names.map((name, index) => [name, new SobolDimension(index)]));
      const keys = new Map(names.map((name) => [name, stream(seed, 'sobol', name).integers(1, 2 ** 32)[0] ?? 0]));
      return (axis, point) => {
        const plain = dimensions.get(axis.name)?.at(point) ?? 0;
        const coordinate = search['scramble'] === 'none' ? plain : owenScrambled(plain, keys.get(axis.name) ?? 0);
        return valueOfShare(axis, coordinate / 2 ** 32);
      };
    });
  },
};
