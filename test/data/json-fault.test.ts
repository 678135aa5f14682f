import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonFault } from '../../src/data/files/not-json.ts';

it('finds no fault in what is JSON, however it is set', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(4), (value, indent) => {
      expect(jsonFault(JSON.stringify(value, null, indent))).toBeNull();
    }),
  );
});

it('finds a fault in whatever the parser refuses, and in nothing else', () => {
  const parts = ['{', '}', '[', ']', ',', ':', '"a"', '1', '-0.5e3', 'true', 'null', ' ', '\n', '01', 'NaN', '"', "'"];
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch (error) {
      if (error instanceof SyntaxError) return false;
      throw error;
    }
  };
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 9 }), (chosen) => {
      const text = chosen.join('');
      expect([text, jsonFault(text) === null]).toEqual([text, parses(text)]);
    }),
    { numRuns: 5_000 },
  );
});

it.each([
  ['[1, 2,]', 6],
  ['{"a": 1 "b": 2}', 8],
  ['{"a": NaN}', 6],
  ['[{"a": 1}', 9],
  ['{"a": 1}\n{"a": 2}', 9],
  ['', 0],
])('tells where %j ceases to be JSON', (text, at) => {
  expect(jsonFault(text)).toBe(at);
});
