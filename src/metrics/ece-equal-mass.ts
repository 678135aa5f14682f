import { equalMassBins } from './parts/equal-mass-bins.ts';
import { formatScore } from './values/format-number.ts';
import { computedFromClasses } from './forms/class-forms.ts';
import type { Metric } from './metric.ts';
import { expectedCalibrationError } from './parts/reliability-bins.ts';

export const eceEqualMass: Metric = {
  name: 'ece_equal_mass',
  heading: 'ECE (mass)',
  direction: 'minimize',
  range: [0, 1],
  format: formatScore,
  computations: computedFromClasses((content) => expectedCalibrationError(equalMassBins(content))),
  over: 'corpus',
  calibration: true,
  sentence: 'Expected calibration error over 15 bins of the confidence that hold as many rows each',
};
