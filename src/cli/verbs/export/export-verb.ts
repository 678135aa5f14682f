import { verb } from '../../verb.ts';
import { forceFlag, optionalSweep, parseCount, parseText } from '../../verb-parameters.ts';

export interface ExportFlags {
  readonly format: 'json' | 'csv' | 'benchmark';
  readonly adapter?: number;
  readonly predictions?: number;
  readonly set?: string;
  readonly out?: string;
  readonly force: boolean;
}

export const exportVerb = verb<ExportFlags, [string?]>(
  {
    name: 'export',
    words: '[SWEEP]',
    brief: "a sweep's trials as CSV or JSON, a trial's predictions, or its adapter in PEFT's format",
    about: `A sweep's trials as CSV or JSON with all their settings and metrics, on the standard output or
into --out; or with --adapter, the trained adapter of a trial as a folder that PEFT loads; or with --predictions, what a
trial predicted for each row that it was scored on, in the benchmark's own format too (SQuAD's {id: text}).`,
    examples: [
      'dropsweep export my-sweep --out trials.csv',
      'dropsweep export my-sweep --adapter 7 --out ./adapter',
      'dropsweep export my-sweep --predictions 7 --format benchmark --out predictions.json',
    ],
  },
  {
    flags: {
      format: {
        kind: 'enum',
        values: ['json', 'csv', 'benchmark'],
        default: 'csv',
        brief: 'json holds provenance too; benchmark, of predictions: as the benchmark takes them',
      },
      adapter: { kind: 'parsed', parse: parseCount, optional: true, brief: 'number of the trial' },
      predictions: { kind: 'parsed', parse: parseCount, optional: true, brief: 'number of the trial' },
      set: {
        kind: 'parsed',
        parse: parseText,
        optional: true,
        brief: 'of predictions: on this one of evaluation.sets',
      },
      out: { kind: 'parsed', parse: parseText, optional: true, brief: 'file, or folder of the adapter' },
      force: forceFlag,
    },
    positional: optionalSweep,
  },
  async () => (await import('./export-sweep.ts')).exportSweep,
);
