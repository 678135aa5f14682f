import { describe, expect, it } from 'vitest';
import { LaneTurns } from '../../workflows/lane-turns.ts';

const empty = { kind: 'wait', segments: 0 } as const;

describe('the turns of a lane', () => {
  it('wait 1, 2, 4, 8, then 15 s while nothing is found, and 1 s again after work', () => {
    const turns = new LaneTurns(null);
    const waits = Array.from({ length: 6 }, () => turns.served(empty));
    expect(waits.map((next) => (next.kind === 'after' ? next.ms : next.kind))).toEqual([
      1_000, 2_000, 4_000, 8_000, 15_000, 15_000,
    ]);
    expect(turns.served({ kind: 'wait', segments: 2 })).toEqual({ kind: 'after', ms: 1_000 });
  });

  it('never give a sequence number twice, across a continue-as-new either', () => {
    const turns = new LaneTurns(null);
    expect([turns.takeSequence(), turns.takeSequence()]).toEqual([0, 1]);
    const restored = new LaneTurns(JSON.parse(JSON.stringify(turns.state)));
    expect(restored.takeSequence()).toBe(2);
    expect(restored.segments).toBe(0);
  });

  it('end when the record does not want the lane, whatever happened to the turn', () => {
    const turns = new LaneTurns(null);
    expect(turns.served({ kind: 'exhausted', segments: 0 })).toEqual({ kind: 'ask' });
    expect(turns.asked(2, { lanes: 2, over: false, probeMissing: false })).toBeNull();
    expect(turns.asked(0, { lanes: 2, over: true, probeMissing: false })).toBeNull();
    expect(turns.asked(1, { lanes: 2, over: false, probeMissing: false })).toEqual({ kind: 'after', ms: 1_000 });
  });
});
