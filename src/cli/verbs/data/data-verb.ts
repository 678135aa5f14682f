import { verb } from '../../verb.ts';
import { integer, list, number, object, text } from '../../output/verb-output.ts';
import { type FormatFlags, formatFlag, sweepFile } from '../../verb-parameters.ts';

const orNull = { orNull: true } as const;
const columns = [
  text('rows_of', 'train, dev, test, or set NAME of evaluation.sets'),
  integer('rows', 'how many'),
  integer('duplicates', 'rows that repeat an earlier one'),
  integer('empty', 'rows with a text that has nothing to be seen'),
  integer('also_in_train', 'rows that are train rows too', orNull),
  object('classes', 'rows, or words, of each label', orNull),
  integer('tokens_least', 'of a row, before any is cut', { unit: 'tokens', ...orNull }),
  integer('tokens_median', 'half of the rows have no more', { unit: 'tokens', ...orNull }),
  integer('tokens_most', 'of a row', { unit: 'tokens', ...orNull }),
  number('cut_share', 'of the rows, that max_length cuts; 0 where a task reads long rows in windows', {
    unit: '1',
    ...orNull,
  }),
  number('long_share', 'of the rows, that are longer than max_length', { unit: '1', ...orNull }),
];
const facts = [
  text('sweep', 'its name'),
  text('task', 'its kind'),
  list('warnings', 'a sentence each'),
  list('remarks', 'what a launch says of the inputs, a sentence each'),
  list('examples', 'train rows as the model will see them'),
];

export const dataVerb = verb<FormatFlags, [string]>(
  {
    name: 'data',
    words: 'FILE',
    brief: "tells what a sweep file's rows are: classes, lengths, what repeats, and examples",
    about: `Reads the rows that a sweep file names and tells, for each split, how many there are, their classes and
shares, their lengths in tokens and how many max_length cuts, which repeat or stand in two splits, and three of them as
the model will see them. What a launch would refuse is said at the end, with the same status. Starts nothing.`,
    examples: ['dropsweep data sweep.yaml'],
    output: { kind: 'rows', columns, facts },
  },
  { flags: { format: formatFlag }, positional: sweepFile },
  async () => (await import('./data.ts')).data,
);
