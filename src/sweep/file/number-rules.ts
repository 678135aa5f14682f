/** A value that a field may have, in words and as a check. */
export interface NumberRule {
  readonly expected: string;
  readonly whole: boolean;
  /** What is larger, by its sign or against it, has no place in the record: said where somebody comes to it. */
  readonly most?: number;
  accepts(value: number): boolean;
}

/** What was expected in place of a number. */
export function refusal({ expected, most }: NumberRule, got: number): string {
  if (most === undefined || Math.abs(got) <= most) return expected;
  return `${expected}, ${got < 0 ? `and no less than −${most}` : `and no more than ${most}`}`;
}

/** The largest of PostgreSQL's integers, in which steps, trainings and trials are counted. */
export const largestCount = 2_147_483_647;

export const wholeFrom = (least: number): NumberRule => ({
  expected: `a whole number of at least ${least}`,
  whole: true,
  most: largestCount,
  accepts: (value) => Number.isInteger(value) && value >= least && value <= largestCount,
});

/** What draws are begun with: any whole number that is written to its last digit. */
export const seedRule: NumberRule = {
  expected: 'a whole number of at least 0',
  whole: true,
  most: Number.MAX_SAFE_INTEGER,
  accepts: (value) => Number.isSafeInteger(value) && value >= 0,
};

/** A place among others: higher goes first. */
export const priorityRule: NumberRule = {
  expected: 'a whole number',
  whole: true,
  most: largestCount,
  accepts: (value) => Number.isInteger(value) && Math.abs(value) <= largestCount,
};

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
