import { formatNumber } from './values/format-number.ts';
import type { Metric } from './metric.ts';

export const inferencePasses: Metric = {
  name: 'inference_passes',
  heading: 'passes',
  direction: 'minimize',
  range: [1, Infinity],
  format: formatNumber,
  computations: [],
  over: 'corpus',
  measuresSize: true,
  exact: true,
  sentence: 'Forward passes per row at inference',
};
