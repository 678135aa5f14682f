import { formatNumber } from './values/format-number.ts';
import type { Metric } from './metric.ts';

export const updateNorm: Metric = {
  name: 'update_norm',
  heading: '‖ΔW‖',
  direction: 'minimize',
  range: [0, Infinity],
  format: formatNumber,
  computations: [],
  over: 'corpus',
  measuresSize: true,
  sentence: 'Frobenius norm of the learned update of all adapted linears, without masks',
};
