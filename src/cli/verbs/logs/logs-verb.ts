import { verb } from '../../verb.ts';
import { list, text } from '../../output/verb-output.ts';
import { formatFlag, optionalSweep, parseCount } from '../../verb-parameters.ts';
import type { LogsFlags } from './logs.ts';

const columns = [
  text('at', 'ISO 8601'),
  text('kind', 'of the event'),
  list('trials', 'that it is about; empty: the sweep'),
  text('text', 'what people read of it'),
];

export const logsVerb = verb<LogsFlags, [string?]>(
  {
    name: 'logs',
    words: '[SWEEP]',
    brief: 'what happened to a sweep and its trainings',
    examples: ['dropsweep logs my-sweep --limit 20', 'dropsweep logs --follow'],
    output: { kind: 'rows', columns, facts: [text('sweep', 'its name')] },
  },
  {
    flags: {
      format: formatFlag,
      limit: { kind: 'parsed', parse: parseCount, default: '100', brief: 'events to show' },
      follow: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'go on until the sweep ends; in JSON an object a line',
      },
    },
    positional: optionalSweep,
  },
  async () => (await import('./logs.ts')).logs,
);
