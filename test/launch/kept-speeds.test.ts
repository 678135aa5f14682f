import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  isTimingDue,
  keepTiming,
  readSpeed,
  readTimings,
  speedOf,
  type Timing,
} from '../../src/launch/cost/kept-speeds.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-speeds-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const now = new Date('2026-06-30T12:00:00Z');

function timing(daysAgo: number, load: number | null, seconds: number): Timing {
  const at = new Date(now.getTime() - 86_400_000 * daysAgo).toISOString();
  const each = { low: 0.8 * seconds, high: 1.5 * seconds };
  return { at, load, speed: { trained: each, scored: each } };
}

describe('a machine that was timed', () => {
  it('is timed again after a month, at once where it was loaded and is quiet, and else a day later', () => {
    const due = (timings: readonly Timing[], load: number) => isTimingDue(timings, now, load);
    expect(due([], 9)).toBe(true);
    expect(due([timing(29, 0.1, 1)], 0)).toBe(false);
    expect(due([timing(31, 0.1, 1)], 0)).toBe(true);
    expect(due([timing(0.1, 3, 1)], 3)).toBe(false);
    expect(due([timing(0.1, 3, 1)], 0.1)).toBe(true);
    expect(due([timing(1.1, 3, 1)], 3)).toBe(true);
    expect(due([timing(2, 0, 1), timing(1.5, 3, 9)], 0)).toBe(false);
    // Of a clock that was set back nothing is known.
    expect(due([{ ...timing(0, 0, 1), at: 'never' }], 0)).toBe(true);
  });

  it('is as fast as its quiet timings say: one under load is not kept for ever', () => {
    const loaded = timing(2, 4, 9);
    expect(speedOf([loaded])).toEqual(loaded.speed);
    const quiet = timing(1, 0.1, 1);
    expect(speedOf([loaded, quiet])).toEqual(quiet.speed);
    // Whoever comes beside a quiet beginning makes it slower, never faster.
    const [low, high] = [0.8, 1.5];
    const each = { low, high };
    expect(speedOf([quiet, timing(1, 0.1, 5), timing(1, 0.1, 1)])).toEqual({ trained: each, scored: each });
  });

  it('keeps the five newest of each key with their dates', () => {
    for (let day = 7; day > 0; day -= 1) keepTiming(folder, 'cpu a', timing(day, 0, day));
    keepTiming(folder, 'cpu b', timing(1, 0, 3));
    expect(readTimings(folder, 'cpu a').map(({ at }) => at.slice(0, 10))).toEqual([
      '2026-06-25',
      '2026-06-26',
      '2026-06-27',
      '2026-06-28',
      '2026-06-29',
    ]);
    expect(readSpeed(folder, 'cpu b')).toEqual(timing(1, 0, 3).speed);
    expect(readSpeed(folder, 'cpu c')).toBeNull();
  });

  it('takes the figure of a version that kept no date until it is timed again', () => {
    const { speed } = timing(0, 0, 2);
    writeFileSync(join(folder, 'speeds.json'), JSON.stringify({ 'cpu a': speed }));
    expect(readSpeed(folder, 'cpu a')).toEqual(speed);
    expect(isTimingDue(readTimings(folder, 'cpu a'), now, 5)).toBe(true);
    keepTiming(folder, 'cpu a', timing(0, 0.2, 1));
    expect(readSpeed(folder, 'cpu a')).toEqual(timing(0, 0.2, 1).speed);
    writeFileSync(join(folder, 'speeds.json'), '{');
    expect(readSpeed(folder, 'cpu a')).toBeNull();
    keepTiming(folder, 'cpu a', timing(0, 0.2, 1));
    expect(JSON.parse(readFileSync(join(folder, 'speeds.json'), 'utf8'))).toHaveProperty('cpu a');
  });
});
