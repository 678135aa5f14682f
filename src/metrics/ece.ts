import { choiceScores } from './choice-scores.ts';
import { formatScore } from './format-number.ts';
import { computedFrom, type Metric } from './metric.ts';
import { expectedCalibrationError, reliabilityBins } from './reliability-bins.ts';
import { classScores } from './scored-set.ts';

export const ece: Metric = {
  name: 'ece',
  heading: 'ECE',
  direction: 'minimize',
  range: [0, 1],
  format: formatScore,
  computations: [classScores, choiceScores].map((form) =>
    computedFrom(form, (content) => expectedCalibrationError(reliabilityBins(content))),
  ),
  over: 'corpus',
  calibration: true,
  sentence: 'Expected calibration error over 15 equal-width bins of the confidence',
};
