import { expect, it } from 'vitest';
import { sha256 } from '../../src/base/sha256.ts';
import type { SampledTrial } from '../../src/search/sampler.ts';
import { makeSampler } from '../../src/search/samplers/samplers.ts';

const of = {
  space: { kind: ['near', 'far'], near: [0, 1], far: [1e-4, 1], rank: [4, 8, 16, 32] },
  scales: { near: 'linear', far: 'log' },
  axes: { near: { when: { kind: ['near'] } }, far: { when: { kind: ['far'] } } },
} as const;

/** Some fail, some are pruned, the newest are pending, a few have more seeds, and results tie. */
function trialsOf(by: 'first' | 'front', count: number): readonly SampledTrial[] {
  const search = { kind: 'tpe', trials: count, seed: 3, startup: 10, ...(by === 'front' ? { by } : {}) };
  const sampler = makeSampler({ ...of, search });
  const trials: SampledTrial[] = [];
  for (let number = 0; number < count; number += 1) {
    if (sampler.independent) throw new Error('tpe adapts');
    const suggestion = sampler.suggest(number, { trials, accepts: (point) => point['rank'] !== 16 || number % 3 > 0 });
    if (suggestion.point === null) throw new Error('ranges have points left');
    const { point } = suggestion;
    const value = Math.round(20 * Number(point['near'] ?? Math.log10(Number(point['far'])))) / 20;
    const repeats = number % 7 === 0 ? [value - 0.1, value + 0.1] : [value];
    trials.push({ point, state: 'pending', value: null, rung: null });
    const ended = trials[number - 4];
    if (ended !== undefined) trials[number - 4] = { ...ended, ...outcomeOf(number - 4, value, repeats) };
  }
  return trials;
}

function outcomeOf(number: number, value: number, repeats: readonly number[]): Omit<SampledTrial, 'point'> {
  if (number % 11 === 0) return { state: 'failed', value: null, rung: null };
  if (number % 5 === 0) return { state: 'pruned', value, rung: number % 2, further: [number % 4] };
  return { state: 'done', value, rung: 2, repeats, further: [number % 4] };
}

it.each([
  ['first', 'ef1bc4ad37f88710'],
  ['front', 'dd403020e7294dd4'],
] as const)(
  'tpe by %s suggests to the bit what it did when its estimators were made anew for each point',
  (by, written) => {
    const points = trialsOf(by, 150).map(({ point }) => point);
    expect(sha256(JSON.stringify(points)).slice(0, 16)).toBe(written);
  },
);
