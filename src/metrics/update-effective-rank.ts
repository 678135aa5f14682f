import { formatNumber } from './values/format-number.ts';
import type { Metric } from './metric.ts';

export const updateEffectiveRank: Metric = {
  name: 'update_effective_rank',
  heading: 'eff. rank',
  direction: 'minimize',
  range: [0, Infinity],
  format: formatNumber,
  computations: [],
  over: 'corpus',
  measuresSize: true,
  sentence:
    'Effective rank of the learned update, exp of the entropy of its singular values’ shares, mean over the adapted linears',
};
