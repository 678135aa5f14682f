import { verb } from '../../verb.ts';
import { type FormatFlags, formatFlag } from '../../verb-parameters.ts';

export const lsVerb = verb<FormatFlags, []>(
  {
    name: 'ls',
    words: '',
    brief: 'the sweeps, newest first',
    examples: ['dropsweep ls', 'dropsweep ls --format csv'],
  },
  { flags: { format: formatFlag } },
  async () => (await import('./ls.ts')).ls,
);
