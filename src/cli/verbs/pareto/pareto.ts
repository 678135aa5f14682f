import { withRecord } from '../../../launch/open-record.ts';
import { renderReport } from '../../../report/tables/render-report.ts';
import { chooseSweep } from '../../reading/choose-sweep.ts';
import { type CliContext, outputWidth, say } from '../../cli-context.ts';
import { readPareto } from '../../reading/read-noise.ts';
import { readScoredSweep } from '../../reading/read-scored-sweep.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

export async function pareto(this: CliContext, flags: FormatFlags, sweep?: string): Promise<void> {
  await withRecord(async ({ store }) => {
    const scored = await readScoredSweep(store, await chooseSweep(store, sweep));
    say(this, renderReport(await readPareto(store, scored), flags.format, outputWidth(this)));
  });
}
