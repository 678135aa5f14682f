import { expect, test } from 'vitest';
import { stream } from '../../src/random/stream.ts';

test('a stream is the same for the same name and keys, whatever was drawn elsewhere', () => {
  const first = stream(7, 'mask', 3, 'layer.0.query', 1).uniforms(64);
  stream(7, 'order', 3).permutation(1000);
  expect(stream(7, 'mask', 3, 'layer.0.query', 1).uniforms(64)).toEqual(first);
});

test('drawing in pieces gives the same numbers as drawing at once', () => {
  const pieces = stream(1, 'pieces');
  const joined = [...pieces.uniforms(5), ...pieces.uniforms(6)];
  expect(joined).toEqual([...stream(1, 'pieces').uniforms(11)]);
});

test('streams differ by seed, by name, by each key, and by the type and grouping of keys', () => {
  const starts = [
    stream(1, 'mask', 2, 3),
    stream(2, 'mask', 2, 3),
    stream(1, 'member', 2, 3),
    stream(1, 'mask', 3, 2),
    stream(1, 'mask', '2', 3),
    stream(1, 'mask', 23),
    stream(1, 'mask', 2),
  ].map((one) => one.uniforms(4).join());
  expect(new Set(starts).size).toBe(starts.length);
});

test('uniforms lie in [0, 1) on the grid of 2^-24 and have the moments of the uniform distribution', () => {
  const values = stream(5, 'moments').uniforms(100_000);
  expect(values.every((value) => value >= 0 && value < 1 && Number.isInteger(value * 2 ** 24))).toBe(true);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  // Five standard errors of each estimate.
  expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / values.length));
  expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / values.length));
});

test('normals have mean zero, variance one and kurtosis three', () => {
  const values = stream(6, 'normals').normals(100_001);
  const moment = (power: number): number => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
  expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(values.length));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / values.length));
});

test('integers reach every value below the bound about equally often', () => {
  const counts = Array.from({ length: 7 }, () => 0);
  for (const value of stream(8, 'integers').integers(70_000, 7)) counts[value] = (counts[value] ?? 0) + 1;
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  // The 0.9999 quantile of chi-square with 6 degrees of freedom.
  expect(chiSquare).toBeLessThan(27.9);
  expect(() => stream(8, 'integers').integers(1, 0)).toThrow(RangeError);
});

test('a permutation holds every index once, and all orders of three come up about equally often', () => {
  const one = stream(9, 'permutation').permutation(1000);
  expect([...one].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  const orders = new Map<string, number>();
  for (let i = 0; i < 6000; i += 1) {
    const order = stream(9, 'order', i).permutation(3).join();
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  expect(orders.size).toBe(6);
  // The 0.9999 quantile of chi-square with 5 degrees of freedom.
  expect([...orders.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(25.8);
});
