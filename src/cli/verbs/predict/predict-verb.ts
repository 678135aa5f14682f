import { any, integer, list, number, text } from '../../output/verb-output.ts';
import { tableFileFormats } from '../../../report/tables/table-file.ts';
import { verb } from '../../verb.ts';
import { forceFlag, parseCount, parseText, sweepNameParameter } from '../../verb-parameters.ts';

const predictionFormats = ['table', ...tableFileFormats] as const;
export type PredictionFormat = (typeof predictionFormats)[number];

export interface PredictFlags {
  readonly trial: number;
  readonly format?: PredictionFormat;
  readonly inputFormat?: string;
  readonly column?: readonly string[];
  readonly members: boolean;
  readonly maxTokens?: number;
  readonly likelihoods: boolean;
  readonly out?: string;
  readonly force: boolean;
}

/** Tokens of a response, where nothing is said. */
export const usualTokens = 128;

export const predictVerb = verb<PredictFlags, [string, string?]>(
  {
    name: 'predict',
    words: 'SWEEP [FILE]',
    brief: 'what a trial predicts for rows that the sweep never saw',
    about: `Runs a trial over the rows of a file, of any format that a sweep's data may have, or of the standard input
(JSON lines, or --input-format), with the mode and the members that it was scored with. Labels are not looked at. Tells
the prediction of each row, probabilities, and how far the members disagree: of numbers their standard deviation, else
the share of them that predict something else. A language model answers each row, the likeliest token after each, and
tells how likely the response is that a row may have.`,
    examples: [
      'dropsweep predict my-sweep new.csv --trial 7 --out predictions.csv',
      `echo '{"text": "a fine film"}' | dropsweep predict my-sweep --trial 7 --format jsonl`,
    ],
    output: {
      kind: 'rows',
      columns: [
        integer('row', 'its place in the file, from 0'),
        any('<prediction>', 'what the task tells of a row, such as prediction and probability_<class>', {
          orNull: true,
        }),
        number('disagreement', 'of the members; absent where there is one, or nothing to disagree about'),
        text('response', 'of a language model, and finished: whether it ended by itself; absent of other tasks'),
        text('text', 'its beginning'),
        list('members', 'with --members: the outputs of each'),
      ],
      facts: [text('sweep', 'its name'), integer('trial', 'its number')],
    },
  },
  {
    flags: {
      trial: { kind: 'parsed', parse: parseCount, brief: 'number of the trial' },
      format: {
        kind: 'enum',
        values: predictionFormats,
        optional: true,
        brief: 'of the predictions, table for people; default: as the name of --out tells, else csv',
      },
      inputFormat: {
        kind: 'parsed',
        parse: parseText,
        optional: true,
        brief: 'of the rows; default: as the name of the file tells, of the standard input jsonl',
      },
      column: {
        kind: 'parsed',
        parse: parseText,
        optional: true,
        variadic: true,
        brief: 'NAME=COLUMN: what the file calls a column of the task, such as text=sentence',
      },
      members: { kind: 'boolean', default: false, withNegated: false, brief: "each member's outputs too" },
      maxTokens: {
        kind: 'parsed',
        parse: parseCount,
        optional: true,
        brief: `of a language model: tokens of a response at most (default ${usualTokens})`,
      },
      likelihoods: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'of a language model: no responses, only how likely those are that rows have',
      },
      out: { kind: 'parsed', parse: parseText, optional: true, brief: 'file; default: the standard output' },
      force: forceFlag,
    },
    positional: {
      kind: 'tuple',
      parameters: [
        sweepNameParameter,
        { brief: 'the rows; - or nothing: the standard input', parse: parseText, placeholder: 'file', optional: true },
      ],
    },
  },
  async () => (await import('./predict.ts')).predict,
);
