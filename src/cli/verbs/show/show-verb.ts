import { verb } from '../../verb.ts';
import { sweepFactColumns, trialColumns } from '../../output/verb-output.ts';
import { formatFlag, metricFlag, optionalSweep, parseCount, parseText } from '../../verb-parameters.ts';
import type { ShowFlags } from './show.ts';

export const showVerb = verb<ShowFlags, [string?]>(
  {
    name: 'show',
    words: '[SWEEP]',
    brief: 'its trials: all, or those that a filter leaves',
    examples: [
      'dropsweep show my-sweep',
      "dropsweep show --where 'p>=0.3 state:failed' --sort accuracy --limit 20",
      'dropsweep show --format csv | head',
    ],
    output: { kind: 'rows', columns: trialColumns, facts: sweepFactColumns },
  },
  {
    flags: {
      format: formatFlag,
      where: {
        kind: 'parsed',
        parse: parseText,
        optional: true,
        placeholder: 'conditions',
        brief: "conditions that all hold, as in 'p>=0.3 M=4 state:failed accuracy>0.9'",
      },
      sort: {
        ...metricFlag,
        placeholder: 'column',
        brief: 'metric (best first), setting, trial or state (default: trial)',
      },
      reverse: { kind: 'boolean', default: false, withNegated: false, brief: 'the other way round' },
      limit: { kind: 'parsed', parse: parseCount, optional: true, placeholder: 'trials', brief: 'trials at most' },
    },
    positional: optionalSweep,
  },
  async () => (await import('./show.ts')).show,
);
