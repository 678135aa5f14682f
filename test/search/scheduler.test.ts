import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scheduler, SchedulerFold } from '../../src/search/scheduler.ts';
import { makeScheduler } from '../../src/search/schedulers/schedulers.ts';
import { halvingAsAWhole } from './halving-as-a-whole.ts';
import { playOut, schedulerContract } from './scheduler-contract.ts';

/** Decisions at rung 0 by training, of these reports in their order. */
function decide(scheduler: Scheduler, values: readonly (number | null)[], trainings: number): Record<number, string> {
  const fold: SchedulerFold = scheduler.open();
  const made = [...fold.planned(trainings)];
  values.forEach((value, ordinal) => made.push(...fold.report(ordinal, 0, value)));
  return Object.fromEntries(made.map(({ ordinal, kind }) => [ordinal, kind]));
}

describe('no scheduler', () => {
  schedulerContract(makeScheduler({ kind: 'none' }));
});

describe('halving with two rungs', () => {
  const halving = makeScheduler({ kind: 'halving', rungs: [0.25], keep: 0.5 });
  schedulerContract(halving);

  it('lets the best half go on, the lower ordinal winning a tie', () => {
    expect(decide(halving, [0.7, 0.9, 0.7, 0.7], 4)).toEqual({ 0: 'promote', 1: 'promote', 2: 'prune', 3: 'prune' });
  });

  it('prunes a training as soon as enough better ones are known, and promotes none too early', () => {
    expect(decide(halving, [0.9, 0.8, 0.1], 4)).toEqual({ 0: 'promote', 2: 'prune' });
  });

  it('lets everybody go on who is left when the others failed', () => {
    expect(decide(halving, [null, null, null, 0.1], 4)).toEqual({ 3: 'promote' });
  });

  it('decides of those that wait when the search has become larger, and takes nothing back', () => {
    const fold = halving.open();
    const first = [
      ...fold.planned(4),
      ...[0.9, 0.8, 0.7, 0.6].flatMap((value, ordinal) => fold.report(ordinal, 0, value)),
    ];
    expect(first.map(({ ordinal, kind }) => `${ordinal} ${kind}`).sort()).toEqual([
      '0 promote',
      '1 promote',
      '2 prune',
      '3 prune',
    ]);
    const later = [
      ...fold.planned(8),
      ...[0.1, 0.95, 0.2, 0.3].flatMap((value, index) => fold.report(4 + index, 0, value)),
    ];
    expect(later.map(({ ordinal, kind }) => `${ordinal} ${kind}`).sort()).toEqual([
      '4 prune',
      '5 promote',
      '6 prune',
      '7 prune',
    ]);
  });
});

describe('halving with three rungs', () => {
  const halving = makeScheduler({ kind: 'halving', rungs: [0.1, 0.5], keep: 0.4 });
  schedulerContract(halving);

  it('comes report by report to what all reports together say, failures and retries among them', () => {
    const values = fc.array(fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }), { minLength: 27, maxLength: 27 });
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.nat()), (drawn, turns) => {
        const { reports, decisions } = playOut(halving, drawn, turns);
        const heard = reports.filter(({ rung }) => rung < 2);
        expect(new Set(decisions.map(({ ordinal, rung, kind }) => `${ordinal}/${rung}/${kind}`))).toEqual(
          halvingAsAWhole(heard, { rungs: 2, trainings: 9, keep: 0.4 }),
        );
      }),
    );
  });

  it('hears a failed training anew once it is tried again', () => {
    const fold = halving.open();
    fold.planned(2);
    expect(fold.report(0, 0, null)).toEqual([]);
    fold.retract(0, 0);
    expect(fold.report(1, 0, 0.2)).toEqual([]);
    expect(fold.report(0, 0, 0.3).map(({ ordinal, kind }) => `${ordinal} ${kind}`)).toEqual(['0 promote', '1 prune']);
  });
});
