import { describe, expect, it } from 'vitest';
import { narrowFloat16, widenBfloat16, widenFloat16 } from '../../src/formats/half-precision.ts';

it('half precision widens to exactly what its bits mean', () => {
  const halves = Uint16Array.of(0x0000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x8400, 0x7c00, 0xfc00);
  expect([...widenFloat16(halves)]).toEqual([0, 1, -2, 65504, 2 ** -24, -(2 ** -14), Infinity, -Infinity]);
  expect(widenFloat16(Uint16Array.of(0x7e00))[0]).toBeNaN();
});

it('bfloat16 widens to exactly what its bits mean', () => {
  const halves = Uint16Array.of(0x0000, 0x3f80, 0xc000, 0x4049, 0x0001, 0x7f80);
  expect([...widenBfloat16(halves)]).toEqual([0, 1, -2, 3.140625, 2 ** -133, Infinity]);
});

describe('narrowing to float16', () => {
  const all = Uint16Array.from({ length: 0x7c00 }, (_, half) => half);
  const widened = widenFloat16(all);

  it('gives each float16 back as it was, of both signs, infinities too', () => {
    expect(narrowFloat16(widened)).toEqual(all);
    expect(narrowFloat16(widened.map((value) => -value))).toEqual(all.map((half) => half | 0x8000));
    expect([...narrowFloat16(Float32Array.of(Infinity, -Infinity))]).toEqual([0x7c00, 0xfc00]);
    expect(widenFloat16(narrowFloat16(Float32Array.of(Number.NaN)))[0]).toBeNaN();
  });

  it('goes to the nearest, and halfway to the even one, subnormals included', () => {
    for (let half = 0; half < 0x7bff; half += 1) {
      const [low, high] = [widened[half] ?? 0, widened[half + 1] ?? 0];
      const middle = (low + high) / 2;
      const nudged = (factor: number) => Math.fround(middle * (1 + factor * 2 ** -22));
      const got = [...narrowFloat16(Float32Array.of(nudged(-1), middle, nudged(1)))];
      expect(got).toEqual([half, half + (half % 2), half + 1]);
    }
  });

  it('makes zero of what is too small and infinity of what is too large', () => {
    const tiny = Float32Array.of(2 ** -25, 2 ** -26, 1e-40, 65_519, 65_520, 1e30);
    expect([...narrowFloat16(tiny)]).toEqual([0, 0, 0, 0x7bff, 0x7c00, 0x7c00]);
  });
});
