import { verb } from '../../verb.ts';
import { steeredOutput } from '../../output/verb-output.ts';
import { detachedFormat, detachFlag } from '../../verb-parameters.ts';
import type { StartFlags } from './start.ts';

export const startVerb = verb<StartFlags, []>(
  {
    name: 'start',
    words: '',
    brief: 'the quickstart: sets up, launches or goes on with examples/quickstart.yaml, shows the front',
    about: `The quickstart: sets up, launches or goes on with examples/quickstart.yaml, shows the front. Without --detach the
sweep is shown as by launch.`,
    examples: ['dropsweep start', 'dropsweep start --detach'],
    output: steeredOutput,
  },
  { flags: { detach: detachFlag, format: detachedFormat('--detach') } },
  async () => (await import('./start.ts')).start,
);
