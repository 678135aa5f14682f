import { formatNumber } from './values/format-number.ts';
import type { Metric } from './metric.ts';

export const expectedKeptEntries: Metric = {
  name: 'expected_kept_entries',
  heading: 'kept entries',
  direction: 'minimize',
  range: [0, Infinity],
  format: formatNumber,
  computations: [],
  over: 'corpus',
  measuresSize: true,
  sentence: 'Kept entries of ΔW in expectation, (1−p)² × entries',
};
