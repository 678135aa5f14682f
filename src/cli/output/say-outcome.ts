import type { Json } from '../../base/canonical-json.ts';
import { hiddenColumn } from '../../report/tables/hidden-column.ts';
import { renderReport, type ReportFormat } from '../../report/tables/render-report.ts';
import { type CliContext, say } from '../cli-context.ts';

/** The answer of a verb that changes something: the sentence for people, and all of it as one row for programs. */
export interface Outcome {
  readonly text: string;
  readonly [name: string]: Json;
}

export function sayOutcome(context: CliContext, format: ReportFormat, ...rows: readonly [Outcome, ...Outcome[]]): void {
  if (format === 'table') {
    for (const { text } of rows) say(context, text);
    return;
  }
  const columns = Object.keys(rows[0]).map((name) => hiddenColumn<Outcome>(name, (row) => row[name] ?? null));
  say(context, renderReport({ columns, rows, facts: {}, before: [], after: [] }, format, 0));
}
