import type { ReportColumn } from '../../../report/tables/report-column.ts';
import { renderReport } from '../../../report/tables/render-report.ts';
import { officialScorers } from '../../../tasks/official-scorer.ts';
import { DropsweepError } from '../../../base/errors.ts';
import { refuseUnused } from '../../reading/refuse-unused.ts';
import { type CliContext, note, outputWidth, say } from '../../cli-context.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

export interface ScoreFlags extends FormatFlags {
  readonly dataset: string;
  readonly predictions: string;
  readonly noAnswer?: string;
  readonly threshold?: number;
}

/** Scores a file of predictions as the benchmark's own scorer does. */
export async function score(this: CliContext, flags: ScoreFlags, benchmark: string): Promise<void> {
  const scorer = officialScorers[benchmark];
  if (scorer === undefined) {
    throw new DropsweepError('USAGE', 'there is no such benchmark', {
      got: benchmark,
      expected: Object.keys(officialScorers).join(', '),
    });
  }
  if (flags.noAnswer === undefined) refuseUnused({ '--threshold': flags.threshold }, '--no-answer FILE beside it');
  const { scores, notes } = scorer(flags);
  const rows = Object.entries(scores).map(([name, value]) => ({ name, value }));
  say(this, renderReport({ columns, rows, facts: scores, before: [], after: [] }, flags.format, outputWidth(this)));
  for (const sentence of notes) note(this, sentence);
}

interface NamedScore {
  readonly name: string;
  readonly value: number;
}

const columns: readonly ReportColumn<NamedScore>[] = [
  {
    name: 'score',
    heading: 'score',
    align: 'left',
    importance: 0,
    text: ({ name }) => name,
    value: ({ name }) => name,
  },
  {
    name: 'value',
    heading: 'value',
    align: 'right',
    importance: 0,
    text: ({ value }) => (Number.isInteger(value) ? String(value) : value.toFixed(4)),
    value: ({ value }) => value,
  },
];
