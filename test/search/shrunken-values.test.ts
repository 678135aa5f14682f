import { describe, expect, it } from 'vitest';
import type { SampledTrial } from '../../src/search/sampler.ts';
import { shrunkenValues } from '../../src/search/estimates/shrunken-values.ts';

function trial(...repeats: readonly number[]): SampledTrial {
  const value = repeats.reduce((sum, each) => sum + each, 0) / repeats.length;
  return { point: {}, state: 'done', value, rung: 0, repeats };
}

describe('the noise of repeats', () => {
  it('changes nothing where all have as many', () => {
    const trials = [trial(0.5, 0.9), trial(0.6, 0.7), trial(0.2, 0.1)];
    expect(shrunkenValues(trials)).toEqual(trials.map(({ value }) => value));
  });

  it('puts a mean of many seeds before a luckier one of few', () => {
    const trials = [trial(0.81), trial(0.8, 0.7, 0.9, 0.8), trial(0.5, 0.6, 0.4, 0.5), trial(0.3, 0.2, 0.4, 0.3)];
    const [lucky = 0, sure = 0, ...others] = shrunkenValues(trials).map(Number);
    expect(sure).toBeGreaterThan(lucky);
    expect(lucky).toBeGreaterThan(others[0] ?? 1);
    expect(sure).toBeLessThan(0.8);
  });

  it('leaves alone what has failed, waits or was pruned', () => {
    const pruned = { ...trial(0.9), state: 'pruned' as const };
    const failed = { ...trial(0.9), state: 'failed' as const, value: null };
    const values = shrunkenValues([pruned, failed, trial(0.5, 0.6), trial(0.1, 0.3, 0.2)]);
    expect(values.slice(0, 2)).toEqual([0.9, null]);
  });
});
