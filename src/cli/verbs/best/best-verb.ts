import { verb } from '../../verb.ts';
import { object, scoreColumns, sweepFactColumns } from '../../output/verb-output.ts';
import { formatFlag, metricFlag, optionalSweep, parseCount } from '../../verb-parameters.ts';
import type { BestFlags } from './best.ts';

const facts = [
  ...sweepFactColumns,
  object('objective', 'metric and direction that it is ranked by'),
  object('noise', 'how the first is held against the others, and against no dropout', { orNull: true }),
];

export const bestVerb = verb<BestFlags, [string?]>(
  {
    name: 'best',
    words: '[SWEEP]',
    brief: 'the best configurations over their seeds, and whether noise tells them apart',
    examples: ['dropsweep best my-sweep --by ece', 'dropsweep best --limit 3 --format json'],
    output: { kind: 'rows', columns: scoreColumns, facts },
  },
  {
    flags: {
      format: formatFlag,
      by: { ...metricFlag, brief: 'metric (default: the first objective)' },
      limit: {
        kind: 'parsed',
        parse: parseCount,
        default: '10',
        brief: 'configurations to show; ten are compared, or these',
      },
    },
    positional: optionalSweep,
  },
  async () => (await import('./best.ts')).best,
);
