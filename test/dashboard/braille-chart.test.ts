import { describe, expect, it } from 'vitest';
import { brailleChart, type ChartPoint } from '../../src/dashboard/charts/braille-chart.ts';
import { inGlyphs } from '../../src/dashboard/terminal/glyphs.ts';

function chart(values: readonly number[], width = 24, height = 4): readonly string[] {
  const points: readonly ChartPoint[] = values.map((y, index) => ({ x: index + 1, y }));
  return brailleChart({ points, xName: 'step', width, height }).map((line) => line.map(({ text }) => text).join(''));
}

describe('a line of dots', () => {
  it('goes from corner to corner, with the ends of both axes', () => {
    expect(chart([0, 1, 2, 3, 4, 5], 14, 3)).toEqual(['5.00 ┤    ⣀⠤⠒⠉', '   0 ┤⣀⠤⠒⠉    ', '      step 1 6']);
  });

  it('is one dot high where all values are one', () => {
    const lines = chart([2, 2, 2]);
    expect(lines.filter((line) => /[\u2801-\u28FF]/.test(line))).toHaveLength(1);
    expect(lines[0]).toContain('2.00 ┤');
  });

  it('names its ends in as many digits as tell them apart', () => {
    const lines = chart([0.71, 0.71002, 0.71004]);
    expect(lines[0]).toMatch(/^0\.71004 ┤/);
    expect(lines[2]).toMatch(/^0\.71000 ┤/);
  });

  it('breaks where a value is not finite, and lets no such value move the axis', () => {
    const whole = chart([1, 2, 3, 4, 5, 6, 7]);
    const broken = chart([1, 2, Number.NaN, Number.POSITIVE_INFINITY, 5, 6, 7]);
    expect(broken.map((line) => line.slice(0, 6))).toEqual(whole.map((line) => line.slice(0, 6)));
    const dots = (lines: readonly string[]): number => lines.join('').match(/[\u2801-\u28FF]/g)?.length ?? 0;
    expect(dots(broken)).toBeLessThan(dots(whole));
  });

  it('has exactly the rows and at most the columns it is given, whatever they are', () => {
    for (let width = 1; width < 60; width += 7) {
      for (let height = 1; height < 9; height += 1) {
        for (const values of [[], [1], [Number.NaN], [1, 1e9], [-3e-9, 4]]) {
          const lines = chart(values, width, height);
          expect(lines).toHaveLength(height);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
        }
      }
    }
  });

  it('names lines where they end: of two that end in one row the lower one below, at the bottom too', () => {
    const labelled = (...all: readonly (readonly number[])[]): readonly string[] => {
      const [first = [], ...others] = all.map((values) => values.map((y, index) => ({ x: index + 1, y })));
      const lines = others.map((points, index) => ({ points, label: `line ${index + 2}`, tone: 'faint' as const }));
      const drawn = brailleChart({ points: first, label: 'line 1', others: lines, xName: 'x', width: 40, height: 6 });
      return drawn.map((line) => /line \d/.exec(line.map(({ text }) => text).join(''))?.[0] ?? '');
    };
    expect(labelled([9, 0.1], [0, 0])).toEqual(['', '', '', 'line 1', 'line 2', '']);
    expect(labelled([9, 0], [0, 0.1])).toEqual(['', '', '', 'line 2', 'line 1', '']);
    expect(labelled([0, 9], [0, 8.9])).toEqual(['line 1', 'line 2', '', '', '', '']);
    expect(labelled([0, 9], [0, 9], [9, 0])).toEqual(['line 1', 'line 2', '', '', 'line 3', '']);
  });

  it('keeps its shape in ASCII', () => {
    expect(inGlyphs('⢀⡠⠔⠊⠀ ┤', 'ascii')).toBe("..:'  |");
  });
});
