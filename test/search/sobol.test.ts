import { describe, expect, it } from 'vitest';
import { makeSampler } from '../../src/search/samplers/samplers.ts';
import { owenScrambled, SobolDimension, sobolDimensions } from '../../src/search/space/sobol-sequence.ts';
import { comparableSweep } from '../../src/sweep/identity.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { definitionWritten } from './every-kind.ts';
import scipy from './fixtures/sobol-scipy.json' with { type: 'json' };

const scale = 2 ** 32;

describe('a Sobol sequence', () => {
  it('has the points of SciPy where it is not scrambled', () => {
    const dimensions = Array.from({ length: 21 }, (_, dimension) => new SobolDimension(dimension));
    const points = scipy.points.map((_, point) => dimensions.map((dimension) => dimension.at(point) / scale));
    expect(points).toEqual(scipy.points);
  });

  it('puts one of 256 points into each 256th of every dimension, scrambled or not', () => {
    for (let dimension = 0; dimension < sobolDimensions; dimension += 1) {
      const sequence = new SobolDimension(dimension);
      for (const scrambled of [false, true]) {
        const cells = Array.from({ length: 256 }, (_, point) => {
          const plain = sequence.at(point);
          return Math.floor(((scrambled ? owenScrambled(plain, 0x9e3779b9 + dimension) : plain) / scale) * 256);
        });
        expect(new Set(cells).size).toBe(256);
      }
    }
  });

  it('keeps the net of its first two dimensions when it is scrambled: one point in each cell of 16 by 16, and of 4 by 64', () => {
    const [first, second] = [new SobolDimension(0), new SobolDimension(1)];
    for (const [across, down] of [
      [16, 16],
      [4, 64],
      [64, 4],
    ] as const) {
      const cells = Array.from({ length: 256 }, (_, point) => {
        const x = owenScrambled(first.at(point), 17) / scale;
        const y = owenScrambled(second.at(point), 23) / scale;
        return `${Math.floor(x * across)}/${Math.floor(y * down)}`;
      });
      expect(new Set(cells).size).toBe(256);
    }
  });

  it('is scrambled by its seed, and moves off the origin', () => {
    const points = (seed: number) =>
      Array.from({ length: 8 }, (_, point) => owenScrambled(new SobolDimension(2).at(point), seed));
    expect(points(1)).not.toEqual(points(2));
    expect(points(1)[0]).not.toBe(0);
  });
});

describe('repeats in a search by it', () => {
  const names = ['alpha', 'dropout_rate', 'sparsity', 'weight_decay'];
  const ranges = Object.fromEntries(names.map((name) => [name, [0, 1]]));
  const scales = Object.fromEntries(names.map((name) => [name, 'linear' as const]));
  // What these are called says nothing of them: no value is made a whole number.
  const program = { command: ['x'], folder: '', metrics: {}, steps: 1, terminate_seconds: 1 };
  const settings = { kind: 'sobol', trials: 16, seed: 4, scramble: 'none' };
  const pointsOf = (space: Record<string, number[]>, search: Record<string, string | number>) => {
    const sampler = makeSampler({ space, scales, program, search: { ...settings, ...search } });
    if (!sampler.independent) throw new Error('it adapts');
    return Array.from({ length: sampler.size }, (_, ordinal) => sampler.pointAt(ordinal));
  };
  const seeds = { seed: [7, 8, 9] };

  it('take no dimension: points are those of SciPy, in the order of the axes that are searched', () => {
    const points = pointsOf({ ...ranges, ...seeds }, { made_as: 'over searched axes' });
    expect(points).toHaveLength(48);
    points.forEach((point, ordinal) => {
      const expected = scipy.points[Math.floor(ordinal / 3)]?.slice(0, 4) ?? [];
      names.forEach((name, place) => expect(point[name]).toBeCloseTo(expected[place] ?? Number.NaN, 3));
      expect(point['seed']).toBe(7 + (ordinal % 3));
    });
    const alone = pointsOf(ranges, { made_as: 'over searched axes' });
    expect(points).toEqual(alone.flatMap((point) => seeds.seed.map((seed) => ({ ...point, seed }))));
  });

  it('had one in an earlier version, whose sweeps keep their points', () => {
    const before = pointsOf({ ...ranges, ...seeds }, {});
    before.forEach((point, ordinal) => {
      const expected = scipy.points[Math.floor(ordinal / 3)] ?? [];
      expect(point['sparsity']).toBeCloseTo(expected[3] ?? Number.NaN, 3);
    });
    const [now, then] = [{ ...settings, made_as: 'over searched axes' }, settings].map((search) =>
      comparableSweep(
        { ...definitionWritten('space: {seed: [1, 2]}', 'search: {kind: sobol, trials: 2}'), search },
        resolvedInputs(),
      ),
    );
    expect(now).toEqual(then);
  });

  it('have none in a file that is read now', () => {
    expect(definitionWritten('space: {seed: [1, 2]}', 'search: {kind: sobol, trials: 2}').search).toMatchObject({
      made_as: 'over searched axes',
    });
  });
});

describe('a search by it', () => {
  const space = { dropout_rate: [0, 0.8], rank: [2, 4, 8, 16], seed: [1, 2] };
  const definition = { space, scales: { dropout_rate: 'linear' } } as const;
  const search = { kind: 'sobol', trials: 16, seed: 4, scramble: 'owen' };

  it('takes each value of a list equally often, and repeats each point with each seed', () => {
    const sampler = makeSampler({ ...definition, search });
    if (!sampler.independent) throw new Error('it adapts');
    const points = Array.from({ length: sampler.size }, (_, ordinal) => sampler.pointAt(ordinal));
    expect(points).toHaveLength(32);
    for (const rank of space.rank) expect(points.filter((point) => point['rank'] === rank)).toHaveLength(8);
    expect(new Set(points.map((point) => Math.floor(Number(point['dropout_rate']) / 0.05))).size).toBe(16);
    expect(points.map((point) => point['seed'])).toEqual(points.map((_, ordinal) => 1 + (ordinal % 2)));
  });

  it('begins with the points of a shorter one', () => {
    const [long, short] = [search, { ...search, trials: 5 }].map((each) =>
      makeSampler({ ...definition, search: each }),
    );
    if (long?.independent !== true || short?.independent !== true) throw new Error('it adapts');
    for (let ordinal = 0; ordinal < 10; ordinal += 1) expect(long.pointAt(ordinal)).toEqual(short.pointAt(ordinal));
  });
});
