import { brierParts } from './parts/brier-parts.ts';
import { formatScore } from './values/format-number.ts';
import { computedFromClasses } from './forms/class-forms.ts';
import type { Metric } from './metric.ts';

export const brierUncertainty: Metric = {
  name: 'brier_uncertainty',
  heading: 'Brier unc.',
  direction: 'minimize',
  range: [0, 1],
  format: formatScore,
  computations: computedFromClasses((content) => brierParts(content).uncertainty),
  over: 'corpus',
  calibration: true,
  unranked: true,
  sentence: 'Uncertainty of Murphy’s decomposition of the Brier score, a number of the labels alone',
};
