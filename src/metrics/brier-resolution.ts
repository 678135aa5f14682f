import { brierParts } from './parts/brier-parts.ts';
import { formatScore } from './values/format-number.ts';
import { computedFromClasses } from './forms/class-forms.ts';
import type { Metric } from './metric.ts';

export const brierResolution: Metric = {
  name: 'brier_resolution',
  heading: 'Brier res.',
  direction: 'maximize',
  range: [0, 2],
  format: formatScore,
  computations: computedFromClasses((content) => brierParts(content).resolution),
  over: 'corpus',
  calibration: true,
  sentence:
    'Resolution of Murphy’s decomposition of the Brier score: how far observed shares in bins are from the classes’ own',
};
