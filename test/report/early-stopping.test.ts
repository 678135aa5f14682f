import { describe, expect, it } from 'vitest';
import { savedByStopping } from '../../src/report/saved-by-stopping.ts';
import { earlyStoppingSection } from '../../src/report/sections/early-stopping-section.ts';
import { summarySection } from '../../src/report/sections/summary-section.ts';
import type { TrialRow } from '../../src/store/views/sweep-snapshot.ts';
import { snapshot, trial } from '../dashboard/sweep-fixture.ts';
import { materialOf } from './report-material.ts';

/*
 * Ten trainings of 120 steps: one pruned at 40, one crashed at 10, one cancelled and one waiting at 0, one ended by its
 * patience after 60 though its record stands at 120; five went on to their end.
 */
const states = ['pruned', 'crashed', 'cancelled', 'waiting', 'succeeded'] as const;
const steps = [40, 10, 0, 0, 120];
const trials = Array.from({ length: 10 }, (_, index): TrialRow => {
  const step = steps[index] ?? 120;
  // Half a second a step; that of patience took 60 steps alone.
  const trainSeconds = index === 4 ? 30 : step / 2;
  return trial(index + 1, {
    state: states[index] ?? 'succeeded',
    step,
    trainSeconds: step === 0 ? null : trainSeconds,
  });
});
const sweep = snapshot({ trials, counts: { total: 10, succeeded: 6, pruned: 1 } });
const material = { ...materialOf(1), snapshot: sweep, stoppedEarly: new Map([['training-5', 60]]) };

describe('what early stopping saved', () => {
  it('is of those that the scheduler stopped, and of those that their patience ended, each by itself', () => {
    const { byScheduler, byPatience } = savedByStopping(
      trials.map((one) => (one.trial === 5 ? { ...one, patienceAt: 60 } : one)),
    );
    expect(byScheduler).toEqual({ trainings: 1, stepsTaken: 40, stepsPlanned: 120, seconds: 40 });
    expect(byPatience).toEqual({ trainings: 1, stepsTaken: 60, stepsPlanned: 120, seconds: 30 });
  });

  it('counts no step that a crash, a cancel or waiting left', () => {
    const definition = { ...sweep.definition, scheduler: { kind: 'asha' } };
    const said = JSON.stringify(earlyStoppingSection.build({ ...material, snapshot: { ...sweep, definition } }));
    expect(said).toContain(
      'The scheduler (asha) stopped 1 of 10 trainings before their end: of their 120 steps 40 were taken',
    );
    expect(said).toContain('and 80 were not');
    expect(said).toContain('Their patience ended 1 of 10 trainings before their end: of their 120 steps 60 were taken');
    expect(JSON.stringify(summarySection.build(material))).toContain('2 trainings stopped early, which saved about');
  });

  it('says nothing of a scheduler where there is none, and something of patience all the same', () => {
    const said = JSON.stringify(earlyStoppingSection.build(material));
    expect(said).toContain('Their patience ended 1 of 10');
    const without = sweep.trials.filter(({ state }) => state !== 'pruned');
    const calm = { ...material, snapshot: { ...sweep, trials: without }, stoppedEarly: new Map() };
    expect(earlyStoppingSection.build(calm)).toBeNull();
  });
});
