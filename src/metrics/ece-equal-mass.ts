import { equalMassBins } from './equal-mass-bins.ts';
import { formatScore } from './format-number.ts';
import { computedFrom, type Metric } from './metric.ts';
import { expectedCalibrationError } from './reliability-bins.ts';
import { classScores } from './scored-set.ts';

export const eceEqualMass: Metric = {
  name: 'ece_equal_mass',
  heading: 'ECE (mass)',
  direction: 'minimize',
  range: [0, 1],
  format: formatScore,
  computations: [computedFrom(classScores, (content) => expectedCalibrationError(equalMassBins(content)))],
  over: 'corpus',
  calibration: true,
  sentence: 'Expected calibration error over 15 bins of the confidence that hold as many rows each',
};
