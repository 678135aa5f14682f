import { tableFileFormats } from '../../../report/tables/table-file.ts';
import { verb } from '../../verb.ts';
import { forceFlag, optionalSweep, parseCount, parseText } from '../../verb-parameters.ts';

const formats = [...tableFileFormats, 'benchmark', 'glue'] as const;

export interface ExportFlags {
  readonly format?: (typeof formats)[number];
  readonly trials: boolean;
  readonly metrics: boolean;
  readonly curves: boolean;
  readonly adapter?: number;
  readonly predictions?: number;
  readonly set?: string;
  readonly split?: 'dev' | 'test' | 'train';
  readonly members: boolean;
  readonly out?: string;
  readonly force: boolean;
}

const table = (brief: string) => ({ kind: 'boolean', default: false, withNegated: false, brief }) as const;

export const exportVerb = verb<ExportFlags, [string?]>(
  {
    name: 'export',
    words: '[SWEEP]',
    brief: "a sweep's trials, metrics or curves as a table, a trial's predictions, or its adapter in PEFT's format",
    about: `A sweep's trials as CSV, JSON, JSON lines or Parquet with all their settings and metrics, on the standard
output or into --out; with --metrics every number of every evaluation, with --curves what trainings recorded by step, a
row each; with --adapter the trained adapter of a trial as a folder that PEFT loads; with --predictions what a trial
predicts for each row that it was scored on, or of another --split, in the benchmark's own format too: SQuAD's
{id: text}, or a folder of what GLUE's server takes, over the test rows.`,
    examples: [
      'dropsweep export my-sweep --out trials.parquet',
      'dropsweep export my-sweep --curves --out curves.jsonl',
      'dropsweep export my-sweep --adapter 7 --out ./adapter',
      'dropsweep export my-sweep --predictions 7 --members --out predictions.parquet',
      'dropsweep export my-sweep --predictions 7 --format glue --out ./submission',
    ],
    output: {
      kind: 'own',
      what: 'the table, as --format says: its columns are those of `show`; of --metrics trial, set, metric, value; of --curves trial, name, step, value',
      why: 'It is for files: `show` draws the table for people.',
    },
  },
  {
    flags: {
      format: {
        kind: 'enum',
        values: formats,
        optional: true,
        brief: 'default: as the name of --out tells, else csv; json holds provenance; benchmark, of predictions',
      },
      trials: table('every trial (the default)'),
      metrics: table('every number of every evaluation'),
      curves: table('what trainings recorded by step'),
      adapter: { kind: 'parsed', parse: parseCount, optional: true, brief: 'number of the trial' },
      predictions: { kind: 'parsed', parse: parseCount, optional: true, brief: 'number of the trial' },
      set: {
        kind: 'parsed',
        parse: parseText,
        optional: true,
        brief: 'of predictions: on this one of evaluation.sets',
      },
      split: {
        kind: 'enum',
        values: ['dev', 'test', 'train'],
        optional: true,
        brief: 'of predictions: of these rows; train: those its gap is measured on',
      },
      members: table("of predictions: each member's outputs too"),
      out: { kind: 'parsed', parse: parseText, optional: true, brief: 'file, or folder of the adapter' },
      force: forceFlag,
    },
    positional: optionalSweep,
  },
  async () => (await import('./export-sweep.ts')).exportSweep,
);
