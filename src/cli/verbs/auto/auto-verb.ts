import { verb } from '../../verb.ts';
import { integer, list, number, outcomeOutput, text } from '../../output/verb-output.ts';
import { dataFlags, forceFlag, formatFlag, parseHours, parseText } from '../../verb-parameters.ts';
import type { AutoFlags } from './auto-flags.ts';

export const autoVerb = verb<AutoFlags, []>(
  {
    name: 'auto',
    words: '',
    brief: 'a good adapter for your data within some hours',
    about: `Looks at a file of texts and labels, writes a sweep file for it into --out, searches from the usual
settings on, training further seeds of a configuration only while a paired test has not decided against it, and
exports the adapter of the best configuration, with its model card. After the hours nothing trains: what runs
then is stopped, and the best of what has ended is exported. Run again, it goes on where it was.`,
    examples: ['dropsweep auto --data train.csv --label y --hours 1 --out ./best'],
    output: outcomeOutput(
      text('sweep', 'its name'),
      text('state', 'running, paused, completed or cancelled'),
      integer('trial', 'that was exported; null: the sweep has not ended', { orNull: true }),
      text('metric', 'that configurations are ranked by', { orNull: true }),
      number('value', 'of the trial, the middle of its seeds', { orNull: true }),
      integer('seeds', 'of the configuration that are scored', { orNull: true }),
      text('adapter', 'its folder', { orNull: true }),
      list('files', 'in it', { orNull: true }),
    ),
  },
  {
    flags: {
      ...dataFlags,
      hours: {
        kind: 'parsed',
        parse: parseHours,
        default: '1',
        placeholder: 'hours',
        brief: 'from the launch on; what trains later is stopped',
      },
      out: { kind: 'parsed', parse: parseText, placeholder: 'folder', brief: 'sweep file and adapter come here' },
      force: forceFlag,
      format: {
        ...formatFlag,
        brief: 'json or csv: the outcome alone is on standard output, how it goes on standard error',
      },
    },
  },
  async () => (await import('./auto.ts')).auto,
);
