import { readSweepSnapshot } from '../../store/views/sweep-reader.ts';
import type { Store } from '../../store/database/open-store.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { chooseSweep } from './choose-sweep.ts';
import { type CliContext, outputWidth, say } from '../cli-context.ts';
import { withRecord } from '../../launch/open-record.ts';
import { type Report, renderReport, type ReportFormat } from '../../report/tables/render-report.ts';

/** Reports are over all trials. */
export const everyTrial = {
  trialLimit: 1_000_000_000,
  page: { sort: { by: 'trial', name: '', direction: 'minimize' }, offset: 0 },
} as const;

/** Reads a sweep and prints one report of it. */
export async function printReport<Row>(
  context: CliContext,
  sweep: string | undefined,
  format: ReportFormat,
  report: (snapshot: SweepSnapshot, store: Store) => Report<Row> | Promise<Report<Row>>,
): Promise<void> {
  await withRecord(async ({ store }) => {
    const snapshot = await readWholeSweep(store, sweep);
    say(context, renderReport(await report(snapshot, store), format, outputWidth(context)));
  });
}

export async function readWholeSweep(store: Store, sweep: string | undefined): Promise<SweepSnapshot> {
  return readSweepSnapshot(store, await chooseSweep(store, sweep), everyTrial);
}
