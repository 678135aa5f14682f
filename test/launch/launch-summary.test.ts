import { describe, expect, it } from 'vitest';
import { launchSummary } from '../../src/launch/launch-summary.ts';
import { planTpe } from '../store/adaptive-plan.ts';

describe('what is said of a search before it is launched', () => {
  it.each([
    [4, /at most 12 trainings, the first 4 at once and the others as results come/],
    [40, /\n {2}12 trials = 12 trainings with 12 evaluations\n/],
  ])('whose first %i points follow from no result', (startup, words) => {
    const plan = planTpe('s', { search: { kind: 'tpe', trials: 12, seed: 5, startup } });
    expect(launchSummary(plan, { count: 0 }, { lowSeconds: 1, highSeconds: 2, timed: false }).join('\n')).toMatch(
      words,
    );
  });

  it('which is extended: what has ended of it, and what is to run', () => {
    const plan = planTpe('s', { search: { kind: 'tpe', trials: 12, seed: 5, startup: 4 } });
    const said = launchSummary(plan, { count: 5, extends: true }, { lowSeconds: 1, highSeconds: 2, timed: false });
    expect(said.slice(2, 5)).toEqual([
      '  at most 12 trainings, further ones as results come',
      expect.stringContaining('merged'),
      '  5 trainings have ended, 7 to run',
    ]);
  });
});
