import { describe, expect, it } from 'vitest';
import type { DesiredDrive } from '../../src/messages/activity-interfaces.ts';
import { LanePlan } from '../../workflows/lane-plan.ts';

const want = (lanes: number, over = false): DesiredDrive => ({ lanes, over, probeMissing: false });

describe('the lane plan', () => {
  it('opens the lanes that are wanted and none twice', () => {
    const plan = new LanePlan(null);
    expect(plan.follow(want(3)).start.map(({ lane }) => lane)).toEqual([0, 1, 2]);
    expect(plan.follow(want(3)).start).toEqual([]);
  });

  it('stops the highest lanes first, each once, and starts one anew only after it has ended', () => {
    const plan = new LanePlan(null);
    plan.follow(want(3));
    expect(plan.follow(want(1)).stop.map(({ lane }) => lane)).toEqual([1, 2]);
    expect(plan.follow(want(1)).stop).toEqual([]);
    expect(plan.follow(want(3)).start).toEqual([]);
    plan.ended({ lane: 1, incarnation: 0 });
    expect(plan.follow(want(3)).start).toEqual([{ lane: 1, incarnation: 1 }]);
  });

  it('ignores the end of an earlier incarnation, told late', () => {
    const plan = new LanePlan(null);
    plan.follow(want(1));
    plan.ended({ lane: 0, incarnation: 0 });
    plan.follow(want(1));
    plan.ended({ lane: 0, incarnation: 0 });
    expect(plan.open).toEqual([{ lane: 0, incarnation: 1 }]);
  });

  it('goes on from its state as if it had never been away', () => {
    const plan = new LanePlan(null);
    plan.follow({ lanes: 2, over: false, probeMissing: true });
    plan.follow(want(1));
    plan.ended({ lane: 1, incarnation: 0 });
    const restored = new LanePlan(JSON.parse(JSON.stringify(plan.state)));
    expect(restored.state).toEqual(plan.state);
    expect(restored.follow({ lanes: 2, over: false, probeMissing: true })).toEqual({
      start: [{ lane: 1, incarnation: 1 }],
      stop: [],
      startProbe: false,
      over: false,
    });
  });

  it('is over only when nothing is open any more', () => {
    const plan = new LanePlan(null);
    plan.follow(want(2));
    expect(plan.follow(want(0, true)).over).toBe(false);
    plan.ended({ lane: 0, incarnation: 0 });
    plan.ended({ lane: 1, incarnation: 0 });
    expect(plan.follow(want(0, true)).over).toBe(true);
  });
});
