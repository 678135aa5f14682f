import { expect, test } from 'vitest';
import { learningRateFactor } from '../../src/train/learning-rate-schedule.ts';

test('the rate rises over the warm-up and falls to nearly zero, as the PyTorch program schedules it', () => {
  // min((i+1)/(.06·345), max(0, (345−i)/(345·.94))) by Python.
  expect(learningRateFactor(0, 345, 0.06)).toBeCloseTo(0.04830917874396135, 14);
  expect(learningRateFactor(19, 345, 0.06)).toBeCloseTo(0.966183574879227, 14);
  expect(learningRateFactor(20, 345, 0.06)).toBeCloseTo(1.002158495220475, 14);
  expect(learningRateFactor(344, 345, 0.06)).toBeCloseTo(0.003083564600678384, 14);
});

test('without a warm-up it starts at its peak, with nothing but warm-up it ends there', () => {
  expect(learningRateFactor(0, 10, 0)).toBe(1);
  expect(learningRateFactor(9, 10, 0)).toBeCloseTo(0.1, 14);
  expect(learningRateFactor(9, 10, 1)).toBe(1);
});
