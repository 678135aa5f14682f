import { expect, it } from 'vitest';
import { widenBfloat16, widenFloat16 } from '../../src/formats/half-precision.ts';

it('half precision widens to exactly what its bits mean', () => {
  const halves = Uint16Array.of(0x0000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x8400, 0x7c00, 0xfc00);
  expect([...widenFloat16(halves)]).toEqual([0, 1, -2, 65504, 2 ** -24, -(2 ** -14), Infinity, -Infinity]);
  expect(widenFloat16(Uint16Array.of(0x7e00))[0]).toBeNaN();
});

it('bfloat16 widens to exactly what its bits mean', () => {
  const halves = Uint16Array.of(0x0000, 0x3f80, 0xc000, 0x4049, 0x0001, 0x7f80);
  expect([...widenBfloat16(halves)]).toEqual([0, 1, -2, 3.140625, 2 ** -133, Infinity]);
});
