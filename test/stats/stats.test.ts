import { expect, test } from 'vitest';
import { paretoFront } from '../../src/stats/pareto-front.ts';
import { studentCdf, studentInterval, studentQuantile } from '../../src/stats/student-interval.ts';
import { accuracyStandardError, wilsonInterval } from '../../bench/wilson-interval.ts';
import { withinNoise } from '../../src/stats/within-noise.ts';

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

test('seeds that overlap are within noise, seeds far apart are not, one seed never tells', () => {
  expect(withinNoise([0.8, 0.82, 0.81], [0.81, 0.83, 0.8])).toBe(true);
  expect(withinNoise([0.8, 0.81, 0.805], [0.9, 0.91, 0.905])).toBe(false);
  expect(withinNoise([0.8], [0.9, 0.91])).toBe(true);
  expect(withinNoise([0.8, 0.8], [0.9, 0.9])).toBe(false);
});
