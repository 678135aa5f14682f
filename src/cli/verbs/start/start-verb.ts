import { verb } from '../../verb.ts';
import { steeredOutput } from '../../verb-output.ts';
import { detachedFormat, detachFlag, type FormatFlags } from '../../verb-parameters.ts';

export interface StartFlags extends FormatFlags {
  readonly detach: boolean;
}

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
