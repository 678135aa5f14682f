import { verb } from '../../verb.ts';
import { optionalSweep, screenFlags } from '../../verb-parameters.ts';
import type { WatchFlags } from './watch.ts';

export const watchVerb = verb<WatchFlags, [string?]>(
  {
    name: 'watch',
    words: '[SWEEP]',
    brief: 'the dashboard; plain progress lines in a pipe',
    examples: [
      'dropsweep watch',
      'dropsweep watch my-sweep --read-only',
      'dropsweep watch my-sweep | tee progress.log',
    ],
    output: {
      kind: 'own',
      what: 'the dashboard on a terminal, else a line for each change, then the front',
      why: 'It takes no --format: `wait`, `show` and `pareto` tell the same to programs.',
    },
  },
  {
    flags: {
      readOnly: { kind: 'boolean', default: false, withNegated: false, brief: 'look alone: no key commands the sweep' },
      ...screenFlags,
    },
    positional: optionalSweep,
  },
  async () => (await import('./watch.ts')).watch,
);
