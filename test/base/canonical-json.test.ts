import { assert, dictionary, jsonValue, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.ts';

describe('canonical JSON', () => {
  it('has one spelling for equal values', () => {
    expect(canonicalJson({ b: 1, a: [0.5, 5e-1, 1e21, -0] })).toBe('{"a":[0.5,0.5,1e+21,0],"b":1}');
    expect(canonicalJson({ a: undefined, é: 'ü\n', Z: null, z: true })).toBe('{"Z":null,"z":true,"é":"ü\\n"}');
  });

  it('does not depend on the order in which members were written', () => {
    assert(
      property(dictionary(string(), jsonValue()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(object));
      }),
    );
  });

  it('says what JSON says: parsing gives the value back', () => {
    assert(
      property(jsonValue(), (value) => {
        // JSON has no −0 of its own: it is 0.
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('tells different values apart', () => {
    assert(
      property(jsonValue(), jsonValue(), (left, right) => {
        const same = canonicalJson(left) === canonicalJson(right);
        expect(same).toBe(
          canonicalJson(JSON.parse(JSON.stringify(left))) === canonicalJson(JSON.parse(JSON.stringify(right))),
        );
      }),
    );
    expect(canonicalJson(['ab'])).not.toBe(canonicalJson(['a', 'b']));
    expect(canonicalJson('1')).not.toBe(canonicalJson(1));
  });

  it('refuses numbers that JSON has no spelling for', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => canonicalJson({ value })).toThrow(TypeError);
    }
  });
});
