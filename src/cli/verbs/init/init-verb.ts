import { verb } from '../../verb.ts';
import { outcomeOutput, text } from '../../output/verb-output.ts';
import { dataFlags, forceFlag, formatFlag, parseText } from '../../verb-parameters.ts';
import type { InitFlags } from './init.ts';

export const initVerb = verb<InitFlags, []>(
  {
    name: 'init',
    words: '',
    brief: 'writes a commented sweep file for your data, after looking at it',
    about: `Looks at a file of texts and labels and writes a commented sweep file for it: which columns they are,
how many epochs so many rows take, how long their texts are. On a terminal it asks for the file where none is named.`,
    examples: ['dropsweep init', 'dropsweep init --data train.csv --label sentiment --out sweep.yaml'],
    output: outcomeOutput(
      text('file', 'the sweep file that was written'),
      text('sweep', 'its name'),
      text('content', 'of the file'),
    ),
  },
  {
    flags: {
      ...dataFlags,
      out: {
        kind: 'parsed',
        parse: parseText,
        default: 'sweep.yaml',
        placeholder: 'file',
        brief: 'the sweep file that is written',
      },
      force: forceFlag,
      format: formatFlag,
    },
  },
  async () => (await import('./init.ts')).init,
);
