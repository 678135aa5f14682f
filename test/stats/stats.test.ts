import { describe, expect, it, test } from 'vitest';
import { statistics as fixture } from './statistics-fixture.ts';
import { paretoFront } from '../../src/stats/pareto-front.ts';
import { studentCdf, studentQuantile } from '../../src/stats/student-distribution.ts';
import { intervalOf, studentInterval } from '../../src/stats/student-interval.ts';
import { accuracyStandardError, wilsonInterval } from '../../bench/wilson-interval.ts';
import { welchProbability } from '../../src/stats/welch.ts';

// Quantiles from scipy.stats.t.ppf.
test.each([
  [0.975, 1, 12.706204736432095],
  [0.975, 2, 4.302652729696142],
  [0.975, 4, 2.7764451051977934],
  [0.995, 9, 3.2498355415921254],
  [0.975, 200, 1.971896224339586],
])("Student's quantile at %d with %i degrees agrees with the tables", (probability, degrees, expected) => {
  expect(studentQuantile(probability, degrees)).toBeCloseTo(expected, 8);
  expect(studentCdf(expected, degrees)).toBeCloseTo(probability, 10);
  expect(studentCdf(-expected, degrees)).toBeCloseTo(1 - probability, 10);
});

test('the mean over seeds comes with its interval, and one seed has none', () => {
  const three = studentInterval([0.8, 0.82, 0.84]);
  expect(three.mean).toBeCloseTo(0.82, 12);
  expect(three.deviation).toBeCloseTo(0.02, 12);
  expect(three.upper).toBeCloseTo(0.82 + (4.302652729696142 * 0.02) / Math.sqrt(3), 10);
  expect(studentInterval([0.8])).toEqual({ count: 1, mean: 0.8, deviation: null, lower: null, upper: null });
});

test("Wilson's interval stays within [0, 1] and agrees with statsmodels", () => {
  const { lower, upper } = wilsonInterval(0.8, 100);
  expect(lower).toBeCloseTo(0.7111708344068411, 10);
  expect(upper).toBeCloseTo(0.8666330666689674, 10);
  expect(wilsonInterval(1, 20).upper).toBe(1);
  expect(wilsonInterval(0, 20).lower).toBe(0);
  expect(accuracyStandardError(0.8, 408)).toBeCloseTo(0.0198, 4);
});

test('the front holds what nothing dominates, equal points together, points without a value never', () => {
  const points = [
    { name: 'a', accuracy: 0.8, complexity: 3 },
    { name: 'b', accuracy: 0.9, complexity: 5 },
    { name: 'c', accuracy: 0.7, complexity: 4 },
    { name: 'd', accuracy: 0.8, complexity: 3 },
    { name: 'e', accuracy: null, complexity: 0 },
    { name: 'f', accuracy: 0.9, complexity: 6 },
  ];
  const front = paretoFront(points, [
    { direction: 'maximize', value: (point: (typeof points)[number]) => point.accuracy },
    { direction: 'minimize', value: (point: (typeof points)[number]) => point.complexity },
  ]);
  expect(front.map((point) => point.name)).toEqual(['a', 'b', 'd']);
});

test('seeds that agree have a mean without an interval: nothing tells how far others would lie', () => {
  expect(studentInterval([0.8, 0.8])).toEqual({ count: 2, mean: 0.8, deviation: 0, lower: null, upper: null });
  // The mean of three tenths is a bit off a tenth, which is no spread.
  expect(studentInterval([0.1, 0.1, 0.1])).toMatchObject({ deviation: 0, lower: null, upper: null });
  expect(intervalOf({ count: 3, mean: 0.1, deviation: 1e-17 })).toMatchObject({ lower: null, upper: null });
});

// scipy.stats.ttest_ind(a, b, equal_var=False).pvalue: see test/fixtures/statistics.
test.each(fixture.welch)('Welch’s test of $a and $b agrees with scipy', ({ a, b, p }) => {
  expect(welchProbability(a, b)).toBeCloseTo(p, 10);
  expect(welchProbability(b, a)).toBeCloseTo(p, 10);
});

describe('Welch’s test of seeds', () => {
  it('tells nothing of a single seed, nor where seeds agree on both sides', () => {
    expect(welchProbability([0.8], [0.9, 0.91])).toBeNull();
    expect(welchProbability([0.8, 0.8], [0.9, 0.9])).toBeNull();
    expect(welchProbability([0.1, 0.1, 0.1], [0.3, 0.3])).toBeNull();
  });

  it('takes the spread of the other side for seeds that agree on one: they are no certainty', () => {
    // scipy.stats.t.sf(0.1 / sqrt(5e-5 * (1/2 + 1/2)), 1) * 2
    expect(welchProbability([0.9, 0.9], [0.795, 0.805])).toBeCloseTo(fixture.one_agrees.p, 10);
    expect(welchProbability([0.5, 0.5, 0.5], [0.9, 0.92, 0.91])).toBeLessThan(0.01);
  });
});
