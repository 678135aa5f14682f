import { computedFromClasses } from './forms/class-forms.ts';
import type { SetDetail } from './metric.ts';
import { reliabilityBins } from './parts/reliability-bins.ts';

export const reliability: SetDetail = {
  name: 'reliability',
  computations: computedFromClasses((content) => reliabilityBins(content)),
};
