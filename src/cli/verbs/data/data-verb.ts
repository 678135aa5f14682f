import { verb } from '../../verb.ts';
import { sweepFile } from '../../verb-parameters.ts';

export const dataVerb = verb<Record<never, never>, [string]>(
  {
    name: 'data',
    words: 'FILE',
    brief: "tells what a sweep file's rows are: classes, lengths, what repeats, and examples",
    about: `Reads the rows that a sweep file names and tells, for each split, how many there are, their classes and
shares, their lengths in tokens and how many max_length cuts, which repeat or stand in two splits, and three of them as
the model will see them. Starts nothing.`,
    examples: ['dropsweep data sweep.yaml'],
  },
  { positional: sweepFile },
  async () => (await import('./data.ts')).data,
);
