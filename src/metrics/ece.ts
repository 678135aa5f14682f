import { computedFromClasses } from './forms/class-forms.ts';
import { formatScore } from './values/format-number.ts';
import type { Metric } from './metric.ts';
import { expectedCalibrationError, reliabilityBins } from './parts/reliability-bins.ts';

export const ece: Metric = {
  name: 'ece',
  heading: 'ECE',
  direction: 'minimize',
  range: [0, 1],
  format: formatScore,
  computations: computedFromClasses((content) => expectedCalibrationError(reliabilityBins(content))),
  over: 'corpus',
  calibration: true,
  sentence: 'Expected calibration error over 15 equal-width bins of the confidence',
};
