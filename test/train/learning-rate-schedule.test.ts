import { describe, expect, it } from 'vitest';
import { learningRateFactor } from '../../src/train/segments/learning-rate-schedule.ts';

const linear = (warmup_fraction: number) => ({ warmup_fraction });

describe('a linear schedule', () => {
  it('rises over the warm-up and falls to nearly zero, as the PyTorch program schedules it', () => {
    // min((i+1)/(.06·345), max(0, (345−i)/(345·.94))) by Python.
    expect(learningRateFactor(0, 345, linear(0.06))).toBeCloseTo(0.04830917874396135, 14);
    expect(learningRateFactor(19, 345, linear(0.06))).toBeCloseTo(0.966183574879227, 14);
    expect(learningRateFactor(20, 345, linear(0.06))).toBeCloseTo(1.002158495220475, 14);
    expect(learningRateFactor(344, 345, linear(0.06))).toBeCloseTo(0.003083564600678384, 14);
  });

  it('starts at its peak without a warm-up, and ends there with nothing but warm-up', () => {
    expect(learningRateFactor(0, 10, linear(0))).toBe(1);
    expect(learningRateFactor(9, 10, linear(0))).toBeCloseTo(0.1, 14);
    expect(learningRateFactor(9, 10, linear(1))).toBe(1);
  });
});

describe('a warm-up in steps', () => {
  it('is that of the share which is as many steps', () => {
    for (let step = 0; step < 40; step += 1) {
      const bySteps = learningRateFactor(step, 40, { warmup_fraction: 0.06, warmup_steps: 10 });
      expect(bySteps).toBeCloseTo(learningRateFactor(step, 40, linear(0.25)), 14);
    }
  });

  it('may be longer than the training: the rate rises to its end', () => {
    const factor = (step: number) => learningRateFactor(step, 10, { warmup_fraction: 0, warmup_steps: 20 });
    expect([factor(0), factor(9)]).toEqual([0.05, 0.5]);
  });
});

describe('the other schedules', () => {
  const of = (schedule: 'cosine' | 'constant', step: number) =>
    learningRateFactor(step, 110, { schedule, warmup_fraction: 0, warmup_steps: 10 });

  // From step W on, transformers' get_cosine_schedule_with_warmup(optimizer, 10, 110) of the same step.
  it('go along half a cosine, as transformers does after the warm-up', () => {
    expect([0, 4, 9].map((step) => of('cosine', step))).toEqual([0.1, 0.5, 1]);
    expect(of('cosine', 10)).toBe(1);
    expect(of('cosine', 35)).toBeCloseTo(0.8535533905932737, 14);
    expect(of('cosine', 60)).toBeCloseTo(0.5, 14);
    expect(of('cosine', 109)).toBeCloseTo(0.0002467198171342, 14);
  });

  it('or stay at the peak', () => {
    expect([0, 4, 9, 10, 60, 109].map((step) => of('constant', step))).toEqual([0.1, 0.5, 1, 1, 1, 1]);
  });

  it('never rise above the peak where the warm-up is no whole number of steps', () => {
    for (const schedule of ['cosine', 'constant'] as const) {
      for (let step = 0; step < 345; step += 1)
        expect(learningRateFactor(step, 345, { schedule, warmup_fraction: 0.06 })).toBeLessThanOrEqual(1);
    }
  });
});
