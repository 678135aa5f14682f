import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  differenceSentence,
  formatInterval,
  formatProbability,
  formatWithHalf,
  intervalSentence,
} from '../../src/report/noise/format-interval.ts';

describe('a number with its interval', () => {
  it.each([
    [0.88, 0.0497, '0.880 ±0.050'],
    [0.9525, 0.0006, '0.95250 ±0.00060'],
    [12.3456, 1.5, '12.3 ±1.5'],
    [1234.5, 250, '1235 ±250'],
    [1.2e-9, 4.8e-9, '1.2e-9 ±4.8e-9'],
    [0, 4.8e-9, '0 ±4.8e-9'],
    [-0.02, 0.013, '-0.020 ±0.013'],
  ])('%d ± %d is %s', (value, half, text) => {
    expect(formatWithHalf(value, half)).toBe(text);
  });

  it('has as many decimals on both sides, and two digits of the half-width at least', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -10, max: 10, noNaN: true }),
        fc.double({ min: 1e-5, max: 50, noNaN: true }),
        (value, half) => {
          const [mean = '', width = ''] = formatWithHalf(value, half).split(' ±');
          const decimals = (text: string): number => text.split('.')[1]?.length ?? 0;
          expect(decimals(mean)).toBe(decimals(width));
          // The half-width as it stands is right to a twentieth.
          expect(Math.abs(Number(width) - half) / half).toBeLessThanOrEqual(0.05 + 1e-9);
        },
      ),
    );
  });

  it('stands alone where seeds agree up to the rounding of their mean, or there is one', () => {
    expect(formatInterval('accuracy', { mean: 0.05, lower: 0.05 - 2e-17, upper: 0.05 + 2e-17 })).toBe('0.0500');
    expect(formatInterval('accuracy', { mean: 0.9, lower: null, upper: null })).toBe('0.9000');
  });

  it('is said in sentences, differences of shares in points', () => {
    expect(intervalSentence('accuracy', { mean: 0.88, lower: 0.83, upper: 0.93 })).toBe('0.880, 95 % 0.830 to 0.930');
    expect(differenceSentence('accuracy', 'accuracy', { estimate: 0.0123, lower: 0.004, upper: 0.0206 })).toBe(
      '+1.23 points accuracy, 95 % +0.40 to +2.06',
    );
    expect(differenceSentence('loss', 'NLL', { estimate: -0.2, lower: -0.31, upper: -0.09 })).toBe(
      '−0.20 NLL, 95 % −0.31 to −0.09',
    );
  });
});

describe('a probability', () => {
  it('is never said to be 0', () => {
    const said = [0, 1e-17, 0.000_999_9, 0.001, 0.0324, 1].map(formatProbability);
    expect(said).toEqual(['<0.001', '<0.001', '<0.001', '0.001', '0.032', '1.000']);
  });
});
