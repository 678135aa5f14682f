import { figureFormats } from '../../../report/charts/figure-formats.ts';
import { documentFormats } from '../../../report/document/document-formats.ts';
import { verb } from '../../verb.ts';
import { forceFlag, parseText, sweepNameParameter } from '../../verb-parameters.ts';

const formats = [...documentFormats, ...figureFormats].map(({ name }) => name);

export interface ReportFlags {
  readonly format?: (typeof formats)[number];
  readonly figure?: string;
  readonly out?: string;
  readonly force: boolean;
}

export const reportVerb = verb<ReportFlags, string[]>(
  {
    name: 'report',
    words: '[SWEEP …]',
    brief: 'what came out of a sweep or several, as one page with figures, or as tables for a paper',
    about: `What came out of a sweep, into --out or on the standard output: one HTML page that needs nothing else, with
the front, the effect of each axis, learning curves, calibration, cost, all trials and what it was made of; its text and
tables as Markdown; its tables as LaTeX (booktabs); or with --figure one figure as SVG or PDF, of paths and text with its
fonts embedded. The format is that of the file's name where --format does not say. Of several sweeps it opens with a
paper's table: a row for each method, a column for each task, whichever of the sweeps its methods are in.`,
    examples: [
      'dropsweep report my-sweep --out report.html',
      'dropsweep report my-sweep --format latex --out tables.tex',
      'dropsweep report my-sweep --figure front --out front.pdf',
      'dropsweep report mrpc sst2 --format latex --out table.tex',
    ],
    output: {
      kind: 'own',
      what: 'the document, as --format says',
      why: 'It is no table: `best`, `pareto`, `compare` and `show` tell its numbers to programs.',
    },
  },
  {
    flags: {
      format: {
        kind: 'enum',
        values: formats,
        optional: true,
        brief: 'what it is written as, of a figure svg or pdf (default: as the file is called, else html or svg)',
      },
      figure: {
        kind: 'parsed',
        parse: parseText,
        placeholder: 'name',
        optional: true,
        brief: 'one figure alone, by its name: front, …; a wrong one lists those that there are',
      },
      out: { kind: 'parsed', parse: parseText, optional: true, brief: 'the file to write' },
      force: forceFlag,
    },
    positional: {
      kind: 'array',
      parameter: { ...sweepNameParameter, brief: 'name of the sweep (default: the newest)' },
    },
  },
  async () => (await import('./report.ts')).report,
);
