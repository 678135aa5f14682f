import { describe, expect, it } from 'vitest';
import type { IndependentSampler, SampledTrial } from '../../src/search/sampler.ts';
import { makeSampler } from '../../src/search/samplers/samplers.ts';

type Definition = Parameters<typeof makeSampler>[0];

function independent(definition: Definition): IndependentSampler {
  const sampler = makeSampler(definition);
  if (!sampler.independent) throw new Error(`${definition.search.kind} adapts`);
  return sampler;
}

/** The laws that every sampler keeps whose points need no results. */
function samplerContract(sampler: IndependentSampler): void {
  it('suggests the same point for the same ordinal, whatever was asked before', () => {
    const ordinals = Array.from({ length: sampler.size }, (_, ordinal) => ordinal);
    const forwards = ordinals.map((ordinal) => sampler.pointAt(ordinal));
    const backwards = [...ordinals].reverse().map((ordinal) => sampler.pointAt(ordinal));
    expect(backwards.reverse()).toEqual(forwards);
  });

  it('has no point before the first or after the last', () => {
    expect(() => sampler.pointAt(-1)).toThrow(RangeError);
    expect(() => sampler.pointAt(sampler.size)).toThrow(RangeError);
  });
}

describe('a grid', () => {
  const grid = independent({ space: { dropout_rate: [0, 0.5], seed: [0, 1, 2] }, search: { kind: 'grid' } });
  samplerContract(grid);

  it('has every point, the last axis changing fastest', () => {
    expect(Array.from({ length: 4 }, (_, ordinal) => grid.pointAt(ordinal))).toEqual([
      { dropout_rate: 0, seed: 0 },
      { dropout_rate: 0, seed: 1 },
      { dropout_rate: 0, seed: 2 },
      { dropout_rate: 0.5, seed: 0 },
    ]);
  });
});

describe('a random search', () => {
  const space = {
    dropout_rate: [0, 0.7],
    learning_rate: [1e-4, 1e-2],
    rank: [4, 6],
    train_instances: [1, 2],
    seed: [3, 4],
  };
  const scales = { dropout_rate: 'linear', learning_rate: 'log', rank: 'linear' } as const;
  const random = independent({ space, scales, search: { kind: 'random', trials: 300, seed: 7 } });
  const points = Array.from({ length: random.size }, (_, ordinal) => random.pointAt(ordinal));
  samplerContract(random);

  it('repeats each point with each seed', () => {
    expect(random.size).toBe(600);
    const { seed, ...point } = points[0] ?? {};
    expect(seed).toBe(3);
    expect(points[1]).toEqual({ ...point, seed: 4 });
  });

  it('stays within its ranges and reaches both halves of each on its scale', () => {
    const rates = points.map((point) => Number(point['learning_rate']));
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-4);
    expect(Math.max(...rates)).toBeLessThanOrEqual(1e-2);
    const low = rates.filter((value) => value < 1e-3).length / rates.length;
    expect(low).toBeGreaterThan(0.4);
    expect(low).toBeLessThan(0.6);
    expect(new Set(points.map((point) => point['rank']))).toEqual(new Set([4, 5, 6]));
  });

  it('begins with the points of a shorter search', () => {
    const shorter = independent({ space, scales, search: { kind: 'random', trials: 5, seed: 7 } });
    expect(Array.from({ length: 10 }, (_, ordinal) => shorter.pointAt(ordinal))).toEqual(points.slice(0, 10));
  });
});

describe.each(['tpe', 'nsga2'])('%s over two objectives', (kind) => {
  const axes = { x: [0, 1], y: [0, 1], z: [0, 1] };
  const scales = { x: 'linear', y: 'linear', z: 'linear' } as const;

  /** Both the less the better: the front is y = z = 0, with the first objective x and the second 1 - √x. */
  function areaFound(search: Definition['search']): number {
    const count = Number(search['trials']);
    const sampler = makeSampler({ space: axes, scales, search });
    const trials: SampledTrial[] = [];
    for (let number = 0; number < count; number += 1) {
      const history = { trials, accepts: () => true };
      const point = sampler.independent ? sampler.pointAt(number) : (sampler.suggest(number, history).point ?? {});
      const [x, y, z] = [Number(point['x']), Number(point['y']), Number(point['z'])];
      const g = 1 + 4 * (y + z);
      trials.push({ point, state: 'done', value: -x, further: [-g * (1 - Math.sqrt(x / g))], rung: 0 });
    }
    const found = trials.map(({ value, further }) => [-(value ?? 0), -(further?.[0] ?? 0)] as const);
    let [area, height] = [0, 1.1];
    for (const [x, y] of found.toSorted((a, b) => a[0] - b[0])) {
      if (x >= 1.1 || y >= height) continue;
      area += (1.1 - x) * (height - y);
      height = y;
    }
    return area;
  }

  it('finds more of the front than the random search does', () => {
    const seeds = Array.from({ length: 8 }, (_, seed) => seed);
    const won = seeds.filter(
      (seed) =>
        // Ten generations' worth of children.
        areaFound({ kind, trials: 160, seed, startup: 10, population: 16, by: 'front' }) >
        areaFound({ kind: 'random', trials: 160, seed }),
    );
    expect(won.length).toBeGreaterThanOrEqual(7);
  });
});
