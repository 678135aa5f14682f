import { describe, expect, it } from 'vitest';
import { makeScheduler } from '../../src/search/make-scheduler.ts';
import { schedulerContract } from './scheduler-contract.ts';

describe('no scheduler', () => {
  schedulerContract(makeScheduler({ kind: 'none' }), 1);
});

describe('halving with two rungs', () => {
  const halving = makeScheduler({ kind: 'halving', rungs: [0.25], keep: 0.5 });
  schedulerContract(halving, 2);

  it('lets the best half go on, the lower ordinal winning a tie', () => {
    const reports = [0.7, 0.9, 0.7, 0.7].map((value, ordinal) => ({ ordinal, rung: 0, value }));
    const decisions = new Map(halving.decide(reports, 4).map(({ ordinal, decision }) => [ordinal, decision]));
    expect(Object.fromEntries(decisions)).toEqual({ 0: 'promote', 1: 'promote', 2: 'prune', 3: 'prune' });
  });

  it('prunes a training as soon as enough better ones are known, and promotes none too early', () => {
    const reports = [0.9, 0.8, 0.1].map((value, ordinal) => ({ ordinal, rung: 0, value }));
    expect(halving.decide(reports, 4)).toEqual([
      { ordinal: 0, rung: 0, decision: 'promote' },
      { ordinal: 2, rung: 0, decision: 'prune' },
    ]);
  });

  it('lets everybody go on who is left when the others failed', () => {
    const reports = [null, null, null, 0.1].map((value, ordinal) => ({ ordinal, rung: 0, value }));
    expect(halving.decide(reports, 4)).toEqual([{ ordinal: 3, rung: 0, decision: 'promote' }]);
  });
});

describe('halving with three rungs', () => {
  schedulerContract(makeScheduler({ kind: 'halving', rungs: [0.1, 0.5], keep: 0.4 }), 3);
});
