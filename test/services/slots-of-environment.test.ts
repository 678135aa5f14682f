import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { readSupervisorSettings, slotsOf } from '../../src/services/supervisor-settings.ts';

describe('how many trainings this machine runs at once', () => {
  it('is what DROPSWEEP_SLOTS says, in what starts by itself as in dropsweep worker', () => {
    expect(slotsOf({ DROPSWEEP_SLOTS: '1' })).toBe(1);
    expect(readSupervisorSettings([], { DROPSWEEP_SLOTS: '3' }).slots).toBe(3);
    expect(readSupervisorSettings(['--slots', '2'], { DROPSWEEP_SLOTS: '3' }).slots).toBe(2);
  });

  it('is a slot for each core at most without it', () => {
    expect(slotsOf({})).toBeGreaterThanOrEqual(1);
    expect(slotsOf({})).toBeLessThanOrEqual(availableParallelism());
  });

  it.each(['0', '-1', 'two', '1.5', ''])('is refused as %j, with what was expected', (text) => {
    expect(() => slotsOf({ DROPSWEEP_SLOTS: text })).toThrow(/DROPSWEEP_SLOTS[\s\S]*a whole number above 0/);
  });
});
