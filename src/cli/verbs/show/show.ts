import { trialsReport } from '../../../report/trials-report.ts';
import type { CliContext } from '../../cli-context.ts';
import { printReport } from '../../read-report.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

export async function show(this: CliContext, flags: FormatFlags, sweep?: string): Promise<void> {
  await printReport(this, sweep, flags.format, trialsReport);
}
