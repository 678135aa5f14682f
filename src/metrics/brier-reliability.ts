import { brierParts } from './parts/brier-parts.ts';
import { formatScore } from './values/format-number.ts';
import { computedFromClasses } from './forms/class-forms.ts';
import type { Metric } from './metric.ts';

export const brierReliability: Metric = {
  name: 'brier_reliability',
  heading: 'Brier rel.',
  direction: 'minimize',
  range: [0, 2],
  format: formatScore,
  computations: computedFromClasses((content) => brierParts(content).reliability),
  over: 'corpus',
  calibration: true,
  sentence:
    'Reliability of Murphy’s decomposition of the Brier score: Σ over classes of the squared distance of claimed and observed shares, in 15 equal-width bins',
};
