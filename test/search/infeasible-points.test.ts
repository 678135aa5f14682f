import { describe, expect, it } from 'vitest';
import type { SampledTrial, SpacePoint } from '../../src/search/sampler.ts';
import { makeSampler } from '../../src/search/samplers/samplers.ts';

/*
 * What cannot be trained is told to samplers, and they keep away from it.
 */

const space = { x: [0, 1], y: [0, 1], kind: ['small', 'large'] };
const scales = { x: 'linear', y: 'linear' } as const;

/** A large one runs out of memory where x is above 0.4. Both objectives are the better the nearer to that edge. */
function outcomeOf({ x, y, kind }: SpacePoint, told: 'infeasible' | 'failed'): Omit<SampledTrial, 'point'> {
  if (kind === 'large' && Number(x) > 0.4) return { state: told, value: null, rung: null };
  const size = Number(x) + (kind === 'large' ? 0.5 : 0);
  return { state: 'done', value: size - (Number(y) - 0.5) ** 2, further: [-size], rung: 0 };
}

/** @returns how many of the last hundred points could not be trained */
function wasted(
  kind: string,
  seed: number,
  told: 'infeasible' | 'failed',
  known: readonly SampledTrial[] = [],
): number {
  const search = { kind, trials: 150, seed, startup: 10, population: 12 };
  const sampler = makeSampler({ space, scales, search });
  const trials: SampledTrial[] = [];
  for (let number = 0; number < 150; number += 1) {
    if (sampler.independent) throw new Error(`${kind} draws`);
    const { point } = sampler.suggest(number, { trials, learned: known, accepts: () => true });
    if (point === null) throw new Error('ranges have points left');
    trials.push({ point, ...outcomeOf(point, told) });
  }
  return trials.slice(50).filter(({ state }) => state !== 'done').length;
}

const seeds = [1, 2, 3, 4, 5, 6];
const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

describe('points that cannot be trained', () => {
  it('are kept away from by NSGA-II, as those that failed by chance are not', () => {
    const learned = mean(seeds.map((seed) => wasted('nsga2', seed, 'infeasible')));
    const failed = mean(seeds.map((seed) => wasted('nsga2', seed, 'failed')));
    expect(learned).toBeLessThan(0.6 * failed);
  });

  it('are kept away from by tpe, also where nothing else is known yet', () => {
    const share = mean(seeds.map((seed) => wasted('tpe', seed, 'infeasible'))) / 100;
    expect(share).toBeLessThan(0.3);
    // All results so far are infeasible: the next points lie where they do not.
    const known = Array.from({ length: 12 }, (_, at): SampledTrial => {
      return { point: { x: 0.5 + at / 24, y: at / 12, kind: 'large' }, state: 'infeasible', value: null, rung: 0 };
    });
    const sampler = makeSampler({ space, scales, search: { kind: 'tpe', trials: 40, seed: 1, startup: 10 } });
    const points = Array.from({ length: 40 }, (_, number) => {
      if (sampler.independent) throw new Error('tpe adapts');
      return sampler.suggest(number, { trials: [], learned: known, accepts: () => true }).point ?? {};
    });
    const near = points.filter(({ x, kind }) => kind === 'large' && Number(x) > 0.5).length;
    // A quarter of the space.
    expect(near).toBeLessThan(4);
  });
});
