import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { freezeRows, thawRows } from '../../src/data/frozen-rows.ts';

const rows = [
  { text: 'a\n"b"', label: 1 },
  { text: 'c', text_pair: 'd', label: 0.5 },
];

test('frozen rows come back, with one hash for equal rows in equal order', () => {
  const frozen = freezeRows(rows);
  expect(frozen.rows).toBe(2);
  expect(thawRows(frozen.bytes, frozen.hash)).toEqual(rows);
  expect(freezeRows(structuredClone(rows)).hash).toBe(frozen.hash);
  expect(freezeRows([...rows].reverse()).hash).not.toBe(frozen.hash);
});

test('damaged or exchanged rows are DATA_INVALID', () => {
  const { bytes, hash } = freezeRows(rows);
  expect(() => thawRows(bytes.subarray(0, 10), hash)).toThrow(/DATA_INVALID/);
  expect(() => thawRows(gzipSync('{}\n'), hash)).toThrow(/DATA_INVALID/);
});
