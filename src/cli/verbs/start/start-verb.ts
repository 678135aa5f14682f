import { verb } from '../../verb.ts';
import { detachFlag } from '../../verb-parameters.ts';

export const startVerb = verb<{ readonly detach: boolean }, []>(
  {
    name: 'start',
    words: '',
    brief: 'the quickstart: sets up, launches or goes on with examples/quickstart.yaml, shows the front',
    examples: ['dropsweep start', 'dropsweep start --detach'],
    output: { kind: 'own', what: 'the dashboard on a terminal, else a line for each change, then the front' },
  },
  { flags: { detach: detachFlag } },
  async () => (await import('./start.ts')).start,
);
