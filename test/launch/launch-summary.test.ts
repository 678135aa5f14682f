import { describe, expect, it } from 'vitest';
import { launchSummary } from '../../src/launch/launch-summary.ts';
import { planTpe } from '../store/adaptive-plan.ts';

describe('what is said of a search before it is launched', () => {
  it.each([
    [4, /at most 12 trainings, the first 4 at once and the others as results come/],
    [40, /\n {2}12 trials = 12 trainings with 12 evaluations\n/],
  ])('whose first %i points follow from no result', (startup, words) => {
    const plan = planTpe('s', { search: { kind: 'tpe', trials: 12, seed: 5, startup } });
    expect(launchSummary(plan, 0, { lowSeconds: 1, highSeconds: 2, timed: false }).join('\n')).toMatch(words);
  });
});
