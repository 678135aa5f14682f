import { verb } from '../../verb.ts';
import { outcomeOutput, text } from '../../output/verb-output.ts';
import { dataFlags, forceFlag, formatFlag, parseText, usualBase } from '../../verb-parameters.ts';
import { type InitFlags, parseSearchHours } from './init-flags.ts';

export const initVerb = verb<InitFlags, []>(
  {
    name: 'init',
    words: '',
    brief: 'writes a commented sweep file for your data, after looking at it',
    about: `Looks at a file of texts and labels and writes a commented sweep file for it: which columns they are,
how many epochs so many rows take, how long their texts are. On a terminal it asks what no flag says and the data does
not tell beyond doubt, each with a guess that Enter takes: the file, its columns, whether numbers are classes, the base
model, the hours of a search. Elsewhere, and with --yes, the guesses hold.`,
    examples: ['dropsweep init', 'dropsweep init --data train.csv --label sentiment --hours 2 --yes --out sweep.yaml'],
    output: outcomeOutput(
      text('file', 'the sweep file that was written'),
      text('sweep', 'its name'),
      text('content', 'of the file'),
    ),
  },
  {
    flags: {
      ...dataFlags,
      base: {
        kind: 'parsed',
        parse: parseText,
        optional: true,
        placeholder: 'model',
        brief: `base model: a hub id or a folder (default: ${usualBase})`,
      },
      hours: {
        kind: 'parsed',
        parse: parseSearchHours,
        optional: true,
        placeholder: 'hours',
        brief: 'a search that ends after so many; none (the default): a small grid, however long',
      },
      yes: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'asks nothing: what is guessed holds',
      },
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
