import { verb } from '../../verb.ts';
import { forceFlag, optionalSweep, parseCount, parseText } from '../../verb-parameters.ts';

export interface ExportFlags {
  readonly format: 'json' | 'csv';
  readonly adapter?: number;
  readonly out?: string;
  readonly force: boolean;
}

export const exportVerb = verb<ExportFlags, [string?]>(
  {
    name: 'export',
    words: '[SWEEP]',
    brief: "a sweep's trials as CSV or JSON, or a trial's adapter in PEFT's format",
    about: `A sweep's trials as CSV or JSON with all their settings and metrics, on the standard output or
into --out; or with --adapter, the trained adapter of a trial as a folder that PEFT loads.`,
    examples: ['dropsweep export my-sweep --out trials.csv', 'dropsweep export my-sweep --adapter 7 --out ./adapter'],
  },
  {
    flags: {
      format: { kind: 'enum', values: ['json', 'csv'], default: 'csv', brief: 'json holds provenance too' },
      adapter: { kind: 'parsed', parse: parseCount, optional: true, brief: 'number of the trial' },
      out: { kind: 'parsed', parse: parseText, optional: true, brief: 'file, or folder of the adapter' },
      force: forceFlag,
    },
    positional: optionalSweep,
  },
  async () => (await import('./export-sweep.ts')).exportSweep,
);
