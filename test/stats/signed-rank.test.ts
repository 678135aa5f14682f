import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signedRankProbability } from '../../src/stats/signed-rank.ts';

describe('the signed-rank test', () => {
  it('gives SciPy’s exact probabilities where no two differences are equal', () => {
    // scipy.stats.wilcoxon(x, alternative='greater', method='exact')
    expect(signedRankProbability([1, 2, 3, 4, 5])).toBeCloseTo(0.03125, 12);
    expect(signedRankProbability([1.5, -0.5, 2, 3, 0.25, 1])).toBeCloseTo(0.046875, 12);
  });

  it('counts the choices of signs that come out as high, with equal sizes and zeros', () => {
    const differences = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(differences, (drawn) => {
        const sizes = drawn.map(Math.abs);
        const rank = (size: number) =>
          sizes.filter((other) => other < size).length + (sizes.filter((other) => other === size).length + 1) / 2;
        const sum = (signs: readonly number[]) =>
          signs.reduce((total, sign, place) => total + (sign > 0 ? rank(sizes[place] ?? 0) : 0), 0);
        const moving = drawn.map((value, place) => ({ value, place })).filter(({ value }) => value !== 0);
        const observed = sum(drawn);
        let asHigh = 0;
        for (let choice = 0; choice < 2 ** moving.length; choice += 1) {
          const signs = drawn.map(() => 0);
          moving.forEach(({ place }, bit) => {
            signs[place] = (choice >> bit) & 1 ? 1 : -1;
          });
          if (sum(signs) >= observed) asHigh += 1;
        }
        expect(signedRankProbability(drawn)).toBeCloseTo(asHigh / 2 ** moving.length, 12);
      }),
    );
  });

  it('is SciPy’s normal approximation, with its correction for continuity, of many pairs', () => {
    const many = Array.from({ length: 61 }, (_, index) => (index % 3 === 0 ? -1 : 1) * (index + 1));
    // scipy.stats.wilcoxon(many, alternative='greater', method='approx', correction=True); the error function's bound
    expect(signedRankProbability(many)).toBeCloseTo(0.01735454769088028, 8);
  });
});
