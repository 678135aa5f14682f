import { withRecord } from '../../../launch/open-record.ts';
import { renderReport } from '../../../report/tables/render-report.ts';
import { trialsReport } from '../../../report/tables/trials-report.ts';
import { tookSentence } from '../../../report/took-sentence.ts';
import { readSweepProvenance } from '../../../store/views/sweep-list.ts';
import { readDefinition, readSweepSnapshot } from '../../../store/views/sweep-reader.ts';
import { chooseSweep } from '../../reading/choose-sweep.ts';
import { type CliContext, outputWidth, say } from '../../cli-context.ts';
import { everyTrial } from '../../reading/read-report.ts';
import type { FormatFlags } from '../../verb-parameters.ts';
import { type TrialPageFlags, trialPage } from './trial-page.ts';

export interface ShowFlags extends FormatFlags, TrialPageFlags {
  readonly limit?: number;
}

export async function show(this: CliContext, flags: ShowFlags, sweep?: string): Promise<void> {
  await withRecord(async ({ store }) => {
    const name = await chooseSweep(store, sweep);
    const definition = await readDefinition(store, name);
    const trialLimit = flags.limit ?? everyTrial.trialLimit;
    const page = trialPage(flags, definition);
    const snapshot = await readSweepSnapshot(store, name, { trialLimit, page, points: false, savings: true });
    const report = trialsReport(snapshot);
    const wanted = snapshot.matching ?? snapshot.trialCount;
    const left = wanted > snapshot.trials.length ? [`Trials shown: ${snapshot.trials.length} of ${wanted}.`] : [];
    const { launchedBy } = await readSweepProvenance(store, name);
    const took = tookSentence(snapshot, launchedBy) ?? [];
    const shown = { ...report, rows: snapshot.trials, after: [...report.after, ...left].concat(took) };
    say(this, renderReport(shown, flags.format, outputWidth(this)));
  });
}
