import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RunningQuantile } from '../../src/stats/running-quantile.ts';

it('is the number that sorting all that have come gives, after each of them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }),
      fc.constantFrom(0.1, 0.5, 0.9),
      (values, share) => {
        const quantile = new RunningQuantile(share);
        expect(quantile.value).toBeNull();
        values.forEach((value, index) => {
          quantile.add(value);
          const sorted = values.slice(0, index + 1).sort((a, b) => a - b);
          expect(quantile.value).toBe(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]);
        });
      },
    ),
  );
});
