import { formatScore } from './values/format-number.ts';
import type { Metric } from './metric.ts';

export const meanMemberLoss: Metric = {
  name: 'mean_member_loss',
  heading: (word) => `member ${word}`,
  direction: 'minimize',
  range: [0, Infinity],
  format: formatScore,
  computations: [],
  over: 'rows',
  unranked: true,
  sentence: 'Mean over members of each member’s own loss; Theorem 4.5: the loss is at most that',
};
