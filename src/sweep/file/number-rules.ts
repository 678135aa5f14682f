import type { NumberRule } from './yaml-section.ts';

export const wholeFrom = (least: number): NumberRule => ({
  expected: `a whole number of at least ${least}`,
  whole: true,
  accepts: (value) => Number.isSafeInteger(value) && value >= least,
});

export const atLeastZero: NumberRule = {
  expected: 'a number of at least 0',
  whole: false,
  accepts: (value) => Number.isFinite(value) && value >= 0,
};

export const aboveZero: NumberRule = {
  expected: 'a number above 0',
  whole: false,
  accepts: (value) => Number.isFinite(value) && value > 0,
};

/** [0, 1): a rate, or a share that must leave something over. */
export const rate: NumberRule = {
  expected: 'a number in [0, 1)',
  whole: false,
  accepts: (value) => value >= 0 && value < 1,
};

/** (0, 1) */
export const properShare: NumberRule = {
  expected: 'a number between 0 and 1, both excluded',
  whole: false,
  accepts: (value) => value > 0 && value < 1,
};
