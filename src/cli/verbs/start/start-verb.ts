import { verb } from '../../verb.ts';
import { detachFlag } from '../../verb-parameters.ts';

export const startVerb = verb<{ readonly detach: boolean }, []>(
  {
    name: 'start',
    words: '',
    brief: 'the quickstart: sets up, launches or goes on with examples/quickstart.yaml, shows the front',
    examples: ['dropsweep start', 'dropsweep start --detach'],
  },
  { flags: { detach: detachFlag } },
  async () => (await import('./start.ts')).start,
);
