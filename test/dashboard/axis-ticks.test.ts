import { describe, expect, it } from 'vitest';
import { axisTicks } from '../../src/dashboard/charts/axis-ticks.ts';

function ticks(low: number, high: number, rows: number, log = false): readonly (readonly [number, string])[] {
  return [...axisTicks({ low, high, log, rows, ends: [String(low), String(high)] })].toSorted(([a], [b]) => a - b);
}

describe('the ticks of an upright axis', () => {
  it('are its ends, and round values between them where there is room', () => {
    expect(ticks(0.602, 0.767, 40)).toEqual([
      [0, '0.767'],
      [4, '0.75'],
      [16, '0.70'],
      [28, '0.65'],
      [39, '0.602'],
    ]);
    expect(ticks(0.602, 0.767, 5)).toEqual([
      [0, '0.767'],
      [4, '0.602'],
    ]);
  });

  it('stand in the row of their value', () => {
    for (const [row, text] of ticks(-3.25, 12.75, 65)) {
      expect(Math.abs(Number(text) - (12.75 - (row * 16) / 64))).toBeLessThanOrEqual(0.25);
    }
    expect(ticks(-3.25, 12.75, 65).map(([, text]) => text)).toEqual([
      '12.75',
      '12',
      '10',
      '8',
      '6',
      '4',
      '2',
      '0',
      '-2',
      '-3.25',
    ]);
  });

  it('are powers of ten by a logarithm, and of one value that value alone', () => {
    expect(ticks(0.0001, 10000, 60, true).map(([, text]) => text)).toEqual([
      '10000',
      '1000',
      '100',
      '10',
      '1',
      '0.1',
      '0.01',
      '0.001',
      '0.0001',
    ]);
    // Within one of them there is no power to name: 1.12 would read as 1.1.
    expect(ticks(1.01, 1.4, 60, true).map(([, text]) => text)).toEqual(['1.4', '1.01']);
    expect(ticks(2, 2, 30)).toEqual([[0, '2']]);
  });

  it('never come to more than there is room for, nor close to an end', () => {
    for (let rows = 2; rows < 100; rows += 1) {
      for (const [low, high] of [
        [0, 1],
        [0.1, 0.11],
        [-1e-9, 3e-9],
        [1, 99_999],
        [0.99, 1.01],
      ] as const) {
        const found = ticks(low, high, rows).slice(1, -1);
        expect(found.length).toBeLessThanOrEqual(Math.floor(rows / 6));
        for (const [row, text] of found) {
          expect(row).toBeGreaterThanOrEqual(2);
          expect(row).toBeLessThanOrEqual(rows - 3);
          expect(Number(text)).toBeGreaterThan(low);
          expect(Number(text)).toBeLessThan(high);
        }
      }
    }
  });
});
