import { describe, expect, it } from 'vitest';
import { earlyStoppingShare } from '../../src/search/planning/early-stopping-share.ts';
import type { SchedulerDefinition } from '../../src/sweep/sweep-definition.ts';

const shareOf = (scheduler: SchedulerDefinition, trainings = 64, parallelism = 4) =>
  earlyStoppingShare({ scheduler, space: { rank: [1, 2] }, parallelism }, trainings, 100);

describe('what early stopping is expected to leave of the steps', () => {
  it('is nothing to say of a scheduler that ends no training', () => {
    expect(shareOf({ kind: 'none' })).toBeNull();
  });

  it('is what halving takes by arithmetic: half of them at a quarter, a quarter at a half, the rest to the end', () => {
    const share = shareOf({ kind: 'halving', rungs: [0.25, 0.5], keep: 0.5 });
    const exact = 0.25 + 0.5 * 0.25 + 0.25 * 0.5;
    // Decided early, a few more than the best half may go on where the order of arrival is unlucky.
    expect(share?.mean).toBeGreaterThan(exact - 0.02);
    expect(share?.mean).toBeLessThan(exact + 0.1);
  });

  it('is the same each time, lies between its ends, and below all', () => {
    for (const scheduler of [
      { kind: 'median', rungs: [0.25, 0.5], least: 5 },
      { kind: 'asha', rungs: [0.25, 0.5], keep: 0.5 },
      { kind: 'hyperband', least: 0.25, keep: 0.5, brackets: 2 },
    ]) {
      const share = shareOf(scheduler);
      expect(share).toEqual(shareOf(scheduler));
      expect(share?.low).toBeLessThanOrEqual(share?.mean ?? 0);
      expect(share?.mean).toBeLessThanOrEqual(share?.high ?? 0);
      expect(share?.high).toBeLessThan(1);
      expect(share?.low).toBeGreaterThan(0.25);
    }
  });

  it('grows with the reports that a median needs first', () => {
    const least = (count: number) => shareOf({ kind: 'median', rungs: [0.5], least: count })?.mean ?? 0;
    expect(least(30)).toBeGreaterThan(least(3));
  });
});
