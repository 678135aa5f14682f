import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { effectiveRank, singularValues, updateMeasures } from '../../src/evaluate/update-spectrum.ts';

const numbers = z.array(z.number());
/** Written by fixtures/make-spectrum.py, whose first lines say how. */
const cases = z
  .array(
    z.object({
      rank: z.number(),
      in: z.number(),
      out: z.number(),
      a: numbers,
      b: numbers,
      singular_values: numbers,
      frobenius: z.number(),
      effective_rank: z.number(),
    }),
  )
  .parse(JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures/spectrum.json'), 'utf8')));

function updateOf({ a, b, in: inFeatures, out: outFeatures }: (typeof cases)[number]) {
  return { a: Float32Array.from(a), b: Float32Array.from(b), inFeatures, outFeatures };
}

describe('the singular values of an update', () => {
  it.each(cases)('are those of numpy’s SVD of the whole product, rank $rank', (one) => {
    const values = singularValues(updateOf(one), one.rank);
    expect(values).toHaveLength(one.rank);
    // Squares lose half the digits of what is 1e-4 of the largest: 1e-9 of the largest is left.
    for (const [index, value] of values.entries())
      expect(Math.abs(value - (one.singular_values[index] ?? 0))).toBeLessThan(1e-9 * (one.singular_values[0] ?? 0));
    const { norm, effectiveRank: rank } = updateMeasures([updateOf(one)], one.rank, 2);
    expect(norm / one.frobenius).toBeCloseTo(2, 10);
    expect(rank).toBeCloseTo(one.effective_rank, 6);
  });

  it('are none of an update that is zero, as at the start of a training', () => {
    const zero = { a: Float32Array.of(1, 2, 3, 4), b: new Float32Array(6), inFeatures: 2, outFeatures: 3 };
    expect(updateMeasures([zero], 2, 1)).toEqual({ norm: 0, effectiveRank: 0 });
  });

  it('are one direction where both rows of a are the same, and all where they are orthogonal and as long', () => {
    const b = Float32Array.of(1, 0, 0, 1, 0, 0);
    const same = singularValues({ a: Float32Array.of(1, 1, 1, 1), b, inFeatures: 2, outFeatures: 3 }, 2);
    expect(effectiveRank(same)).toBeCloseTo(1, 12);
    const apart = singularValues({ a: Float32Array.of(1, 0, 0, 1), b, inFeatures: 2, outFeatures: 3 }, 2);
    expect(effectiveRank(apart)).toBeCloseTo(2, 12);
  });
});
