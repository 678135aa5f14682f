import { describe, expect, it } from 'vitest';
import { raceTest } from '../../src/stats/race-test.ts';

const scores = (...values: readonly number[]) => new Map(values.map((value, seed) => [seed, value]));

describe('the test of a race', () => {
  it('of two configurations alone is Student’s paired test', () => {
    const leader = scores(0.91, 0.93, 0.92, 0.95);
    const rival = scores(0.9, 0.9, 0.91, 0.9);
    // scipy.stats.ttest_rel(leader, rival, alternative='greater')
    const test = raceTest(leader, rival, [leader, rival]);
    expect(test).toMatchObject({ pairs: 4, degrees: 3 });
    expect(test?.probability).toBeCloseTo(0.03980249040895301, 12);
  });

  it('takes the spread of all configurations that have the seeds, and the pair’s own where it is greater', () => {
    const leader = scores(0.9, 0.91);
    const rival = scores(0.8, 0.81);
    const others = [scores(0.7, 0.72), scores(0.6, 0.6), scores(0.5, 0.53)];
    const test = raceTest(leader, rival, [leader, rival, ...others, scores(0.4)]);
    expect(test).toMatchObject({ pairs: 2, degrees: 4 });
    // Alone its spread is nothing, and one seed more of each would say little.
    expect(test?.probability).toBeGreaterThan(0);
    expect(test?.probability).toBeLessThan(0.001);
    const wide = scores(0.7, 0.99);
    const own = raceTest(leader, wide, [leader, wide, ...others]);
    expect(own?.probability).toBeGreaterThan(0.3);
  });

  it('adds what rows contribute to the variance, with degrees of freedom between the two', () => {
    const leader = scores(0.91, 0.93, 0.92, 0.95);
    const rival = scores(0.9, 0.9, 0.91, 0.9);
    const groups = [0.05, -0.01, 0.02, 0.04, 0, 0.02, 0.03, 0.03];
    const alone = raceTest(leader, rival, [leader, rival]);
    const test = raceTest(leader, rival, [leader, rival], groups);
    // In numpy and scipy: v = seeds.var(ddof=1) / 4, w = groups.var(ddof=1) / 8, t.sf(mean / sqrt(v + w), degrees).
    expect(test).toMatchObject({ pairs: 4, groups: 8, ahead: alone?.ahead });
    expect(test?.degrees).toBeCloseTo(6.300340743144583, 10);
    expect(test?.probability).toBeCloseTo(0.03874629516972653, 10);
  });

  it('is the test of signs where nothing varies, and none where one seed is common', () => {
    const leader = scores(0.9, 0.9);
    expect(raceTest(leader, scores(0.8, 0.8), [leader, scores(0.8, 0.8)])?.probability).toBe(0.25);
    expect(raceTest(leader, scores(0.9, 0.9), [leader, scores(0.9, 0.9)])?.probability).toBe(1);
    expect(raceTest(leader, scores(0.8), [leader])).toBeNull();
  });
});
