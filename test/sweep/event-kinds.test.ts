import { describe, expect, it } from 'vitest';
import { eventGroups, kindsInGroup, sayEvent } from '../../src/sweep/event-kinds.ts';

const every = eventGroups.flatMap((group) => kindsInGroup(group));

/** The facts that events are written with, each of its own shape; beside them one that no sentence knows. */
const facts = {
  trainings: 36,
  step: 1_044,
  start_ms: 1_900,
  trials: [7, 8, 9],
  changes: { hours: 4, failures: null },
  passMs: { 1: 12.5, 2: 20 },
  batch: { rows: 32, tokens: 2_048 },
  pack: 2,
  device: 'CPU',
  message: 'the loss was NaN\n  where: step 7',
  code: 'NAN',
  further: { nested: [1] },
};

describe('events', () => {
  it.each(every)('%s is said in words, with all facts and with none', (kind) => {
    for (const detail of [facts, {}]) {
      const text = sayEvent(kind, [7, 8], detail);
      expect(text).toMatch(/^trials 7–8 [a-z]/);
      expect(text).not.toMatch(/[{}[\]"\n_]|undefined|null/);
    }
  });

  it('names each kind once', () => {
    expect(new Set(every).size).toBe(every.length);
  });

  it('says what people ask for', () => {
    expect(sayEvent('set_budget', [], { kind: 'set_budget', changes: { hours: 4, failures: null } })).toBe(
      'budget set: hours 4, failures without limit',
    );
    expect(sayEvent('retry_failed', [], { trials: [7, 8, 9] })).toBe('to be tried again: trials 7–9');
    expect(sayEvent('diverged', [106], facts)).toBe('trial 106 diverged: NAN, the loss was NaN');
    expect(sayEvent('training_started', [3], { step: 120_000, start_ms: 1_900 })).toBe(
      'trial 3 went on from step 120000, ready after 1.90 s',
    );
    expect(sayEvent('stopped_early', [3], { step: 40, metric: 'accuracy', value: 0.7, best: 0.8, best_step: 20 })).toBe(
      'trial 3 stopped early at step 40: accuracy 0.7000, best 0.8000 at step 20',
    );
    expect(sayEvent('ended_early', [3], { step: 2, of: 4 })).toBe(
      'trial 3 ended at step 2 of 4, which counts as its last',
    );
    expect(sayEvent('packing_measured', [1], { device: 'CPU', pack: 2, passMs: { 1: 12.5, 2: 20 } })).toBe(
      'trial 1 measured on CPU: 2 passes at once (a pass in packs of 1: 12.5 ms, 2: 20 ms)',
    );
  });

  it('says what a newer version wrote by its plain facts', () => {
    expect(sayEvent('moved_house', [2], { from: 'a', to: 'b', rows: 12, all: { x: 1 } })).toBe(
      'trial 2 moved house, from a, to b, rows 12',
    );
  });
});
