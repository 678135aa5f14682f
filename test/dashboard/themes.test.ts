import { describe, expect, it } from 'vitest';
import { colourBitsOf, themeOf, themes, toneStyles } from '../../src/dashboard/terminal/themes.ts';

type Triple = readonly [number, number, number];

/** Grounds that terminals have by default: black, One Dark's, Solarized's; white, Solarized's. */
const grounds = { dark: ['#000000', '#14161b', '#002b36'], light: ['#ffffff', '#fdf6e3'] } as const;
const series = ['series1', 'series2', 'series3', 'series4', 'series5', 'series6'] as const;
const states = ['good', 'bad', 'warning', 'accent'] as const;

/** What is left of linear RGB without one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1). */
const sight: Readonly<Record<string, readonly Triple[]>> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(colour: string): Triple {
  const part = (from: number): number => {
    const value = Number.parseInt(colour.slice(from, from + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

function times(matrix: readonly Triple[], [a, b, c]: Triple): Triple {
  const [x = 0, y = 0, z = 0] = matrix.map(([r, g, u]) => r * a + g * b + u * c);
  return [x, y, z];
}

/** Björn Ottosson's OKLab, in hundredths of its lightness. */
function oklab(rgb: Triple): Triple {
  const clipped = rgb.map((part) => Math.max(0, Math.min(1, part)));
  const [r = 0, g = 0, b = 0] = clipped;
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    [r, g, b],
  );
  const [l, m, s] = cones.map(Math.cbrt);
  return times(
    [
      [21.04542553, 79.3617785, -0.40720468],
      [197.79984951, -242.8592205, 45.05937099],
      [2.59040371, 78.27717662, -80.8675766],
    ],
    [l ?? 0, m ?? 0, s ?? 0],
  );
}

function difference(one: string, other: string, seen: readonly Triple[]): number {
  const [a, b] = [one, other].map((colour) => oklab(times(seen, linear(colour))));
  return Math.hypot(...(a ?? []).map((part, index) => part - (b?.[index] ?? 0)));
}

/** As WCAG 2 counts it. */
function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [one, other]
    .map((colour) => {
      const [r, g, b] = linear(colour);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    })
    .toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe.each(['dark', 'light'] as const)('the colours for a %s ground', (name) => {
  const { colours } = themes[name];

  it('can be told apart in each group, whatever cones one has', () => {
    for (const group of [series, states]) {
      for (const [kind, seen] of Object.entries(sight)) {
        for (const [index, one] of group.entries()) {
          for (const other of group.slice(0, index)) {
            // Okabe and Ito's own six come to 7.6 by this measure.
            expect(difference(colours[one], colours[other], seen), `${one} ${other} ${kind}`).toBeGreaterThan(10);
          }
        }
      }
    }
  });

  it('can be read on it', () => {
    for (const [tone, colour] of Object.entries(colours))
      for (const ground of grounds[name])
        expect(contrast(colour, ground), `${tone} on ${ground}`).toBeGreaterThanOrEqual(3.9);
  });

  it('stay six different series with 16 and with 256 colours', () => {
    for (const bits of [4, 8, 24]) {
      const styles = toneStyles(themes[name], bits);
      expect(new Set(series.map((tone) => styles[tone])).size).toBe(6);
      expect(new Set(states.map((tone) => styles[tone])).size).toBe(4);
    }
  });
});

describe('how a terminal’s colours are known', () => {
  it('by DROPSWEEP_THEME, or else by the ground that COLORFGBG names', () => {
    expect(themeOf({})).toBe(themes.dark);
    expect(themeOf({ COLORFGBG: '15;0' })).toBe(themes.dark);
    expect(themeOf({ COLORFGBG: '0;15' })).toBe(themes.light);
    expect(themeOf({ COLORFGBG: '0;default;7', DROPSWEEP_THEME: 'auto' })).toBe(themes.light);
    expect(themeOf({ COLORFGBG: '0;15', DROPSWEEP_THEME: 'dark' })).toBe(themes.dark);
    expect(themeOf({ DROPSWEEP_THEME: 'light' })).toBe(themes.light);
    expect(() => themeOf({ DROPSWEEP_THEME: 'pink' })).toThrow('where: DROPSWEEP_THEME');
  });

  it('is asked of what terminals say of themselves; without colour bold and inverse are left', () => {
    expect(colourBitsOf({ TERM: 'xterm-256color', COLORTERM: 'truecolor' })).toBe(24);
    expect(colourBitsOf({ TERM: 'xterm-256color' })).toBe(8);
    expect(colourBitsOf({ TERM: 'xterm' })).toBe(4);
    expect(colourBitsOf({ TERM: 'xterm-256color', COLORTERM: 'truecolor', NO_COLOR: '1' })).toBe(1);
    expect(colourBitsOf({ TERM: 'xterm-256color', COLORTERM: 'truecolor', NO_COLOR: '' })).toBe(24);
    const styles = Object.values(toneStyles(themes.dark, 1));
    expect(new Set(styles)).toEqual(new Set(['', '1', '1;7']));
  });
});
