import { describe, expect, it } from 'vitest';
import { earlyStoppingShare } from '../../src/search/planning/early-stopping-share.ts';
import { schedulers } from '../../src/search/schedulers/schedulers.ts';
import type { SchedulerDefinition } from '../../src/sweep/sweep-definition.ts';

const objectives = [
  { metric: 'accuracy', direction: 'maximize' },
  { metric: 'ece', direction: 'minimize' },
] as const;

const shareOf = (scheduler: SchedulerDefinition, trainings = 64, parallelism = 4, seeds: readonly number[] = []) =>
  earlyStoppingShare(
    { scheduler, space: { rank: [1, 2], ...(seeds.length === 0 ? {} : { seed: seeds }) }, parallelism, objectives },
    trainings,
    { steps: 100, epochs: 4 },
  );

const settings: Readonly<Record<string, Omit<SchedulerDefinition, 'kind'>>> = {
  halving: { rungs: [0.25, 0.5], keep: 0.5 },
  median: { rungs: [0.25, 0.5], least: 5 },
  asha: { rungs: [0.25, 0.5], keep: 0.5 },
  hyperband: { least: 0.25, keep: 0.5, brackets: 2 },
  pasha: { rungs: [0.25, 0.5], keep: 0.5 },
  wilcoxon: { rungs: [0.25, 0.5, 0.75], p: 0.2, least: 2 },
  racing: { error: 0.05, least: 2 },
};

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
    const epochs = shareOf({ kind: 'halving', rungs: [1, 2], rungs_in: 'epochs', keep: 0.5 });
    expect(epochs).toEqual(share);
  });

  const kinds = schedulers.map(({ section }) => section).filter(({ kind }) => kind !== 'none');
  const byFront = kinds.filter(({ fields }) => fields.some(({ name }) => name === 'by'));
  const ways = [
    ...kinds.map(({ kind }) => ({ kind, ...settings[kind] })),
    ...byFront.map(({ kind }) => ({ kind, ...settings[kind], by: 'front' })),
  ];

  it.each(ways)('is played by $kind $by itself: the same each time, between its ends, and below all', (scheduler) => {
    const play = () => shareOf(scheduler, 120, 4, [1, 2, 3, 4, 5]);
    const share = play();
    expect(share).toEqual(play());
    expect(share?.low).toBeLessThanOrEqual(share?.mean ?? 0);
    expect(share?.mean).toBeLessThanOrEqual(share?.high ?? 0);
    expect(share?.high).toBeLessThan(1);
    expect(share?.low).toBeGreaterThan(0.25);
    // Of a race whole trainings are left out, with their evaluations.
    expect(share?.ofTrainings).toBe(scheduler.kind === 'racing');
  });

  it('of a race is at least the seeds that each point is trained with', () => {
    const share = shareOf({ kind: 'racing', error: 0.05, least: 2 }, 200, 4, [1, 2, 3, 4, 5]);
    expect(share?.low).toBeGreaterThanOrEqual(2 / 5);
    expect(share?.high).toBeLessThan(0.9);
  });

  it('grows with the reports that a median needs first', () => {
    const least = (count: number) => shareOf({ kind: 'median', rungs: [0.5], least: count })?.mean ?? 0;
    expect(least(30)).toBeGreaterThan(least(3));
  });
});
