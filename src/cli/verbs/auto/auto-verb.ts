import { verb } from '../../verb.ts';
import { dataFlags, forceFlag, parseHours, parseText } from '../../verb-parameters.ts';
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
    output: { kind: 'own', what: 'as launch, then where the adapter lies' },
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
    },
  },
  async () => (await import('./auto.ts')).auto,
);
