import type { CliContext } from '../../cli-context.ts';
import { readPareto } from '../../read-noise.ts';
import { printReport } from '../../read-report.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

export async function pareto(this: CliContext, flags: FormatFlags, sweep?: string): Promise<void> {
  await printReport(this, sweep, flags.format, (snapshot, store) => readPareto(store, snapshot));
}
