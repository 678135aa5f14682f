import { verb } from '../../verb.ts';
import { integer, list, text } from '../../output/verb-output.ts';
import { formatFlag, parseText } from '../../verb-parameters.ts';
import type { LsFlags } from './ls.ts';

const columns = [
  text('sweep', 'its name'),
  text('state', 'running, paused, completed or cancelled'),
  text('trainer', 'onnx, simulated, program or ask'),
  integer('finished', 'trainings that have ended'),
  integer('trainings', 'that there are to be'),
  integer('failed', 'trainings'),
  integer('trials', 'evaluations of them'),
  text('launched_at', 'ISO 8601'),
  list('tags', 'what people tagged it', { orNull: true }),
  text('note', 'what people noted of it', { orNull: true }),
];

export const lsVerb = verb<LsFlags, []>(
  {
    name: 'ls',
    words: '',
    brief: 'the sweeps, newest first',
    examples: ['dropsweep ls', 'dropsweep ls --tag paper', 'dropsweep ls --format csv'],
    output: { kind: 'rows', columns },
  },
  {
    flags: {
      format: formatFlag,
      tag: { kind: 'parsed', parse: parseText, optional: true, placeholder: 'tag', brief: 'those with this tag alone' },
    },
  },
  async () => (await import('./ls.ts')).ls,
);
