import { expect, it } from 'vitest';
import { axisEffect } from '../../src/stats/axis-effect.ts';
import { studentInterval } from '../../src/stats/student-interval.ts';

it('an axis explains the share of the variance that lies between its values', () => {
  // scipy.stats.f_oneway gives F = 9 here; η² = F (k − 1) / (F (k − 1) + n − k).
  const scored = [
    [1, 2, 3],
    [4, 5, 6],
    [1, 2, 3],
  ].map((scores, value) => ({ value, score: studentInterval(scores) }));
  const { importance, levels } = axisEffect(scored);
  const f = 9;
  expect(importance).toBeCloseTo((f * 2) / (f * 2 + 9 - 3), 12);
  expect(levels).toEqual(scored);
  expect(axisEffect([{ value: 1, score: studentInterval([3]) }]).importance).toBe(0);
});
