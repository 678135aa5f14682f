import { verb } from '../../verb.ts';
import { formatFlag, parseText } from '../../verb-parameters.ts';
import type { LsFlags } from './ls.ts';

export const lsVerb = verb<LsFlags, []>(
  {
    name: 'ls',
    words: '',
    brief: 'the sweeps, newest first',
    examples: ['dropsweep ls', 'dropsweep ls --tag paper', 'dropsweep ls --format csv'],
  },
  {
    flags: {
      format: formatFlag,
      tag: { kind: 'parsed', parse: parseText, optional: true, placeholder: 'tag', brief: 'those with this tag alone' },
    },
  },
  async () => (await import('./ls.ts')).ls,
);
