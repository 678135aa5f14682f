import type { FormatFlags } from '../../verb-parameters.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { csvHeader, renderReport, renderRows, type ReportFormat } from '../../../report/tables/render-report.ts';
import type { ReportColumn } from '../../../report/tables/report-column.ts';
import { formatMoment } from '../../../metrics/values/format-value.ts';
import { readSweepEvents, type SweepEventRow } from '../../../store/views/sweep-events.ts';
import { readSweepSnapshot } from '../../../store/views/sweep-reader.ts';
import { chooseSweep } from '../../reading/choose-sweep.ts';
import { type CliContext, note, say } from '../../cli-context.ts';
import { withRecord } from '../../../launch/open-record.ts';
import { whatWaits } from '../../../launch/what-waits.ts';

export interface LogsFlags extends FormatFlags {
  readonly limit: number;
  readonly follow: boolean;
}

const pollMs = 1_000;
/** Events between two looks at most. */
const followLimit = 1_000;

export async function logs(this: CliContext, flags: LogsFlags, sweep?: string): Promise<void> {
  await withRecord(async ({ store, machine }) => {
    const name = await chooseSweep(store, sweep);
    const snapshot = await readSweepSnapshot(store, name, { trialLimit: 1 });
    const { sweepId } = snapshot;
    const events = await readSweepEvents(store.db, { sweepId, limit: flags.limit });
    if (flags.follow || flags.format === 'table') {
      if (flags.format === 'csv') say(this, csvHeader(columns));
      if (events.length > 0) say(this, lines(events, flags.format));
    } else {
      say(
        this,
        renderReport({ columns, rows: events, facts: { sweep: name }, before: [], after: [] }, flags.format, 0),
      );
    }
    const waiting = await whatWaits(machine, snapshot);
    if (waiting !== null) note(this, `${name} waits: ${waiting}`);
    let last = events.at(-1)?.id ?? 0;
    while (flags.follow) {
      const { state } = await readSweepSnapshot(store, name, { trialLimit: 1 });
      const fresh = await readSweepEvents(store.db, { sweepId, after: last, limit: followLimit });
      if (fresh.length > 0) say(this, lines(fresh, flags.format));
      last = fresh.at(-1)?.id ?? last;
      if (state === 'completed' || state === 'cancelled') return;
      await sleep(pollMs);
    }
  });
}

const columns: readonly ReportColumn<SweepEventRow>[] = [
  column('at', ({ at }) => at.toISOString()),
  column('kind', ({ kind }) => kind),
  { ...column('trials', ({ trials }) => trials.join(' ')), value: ({ trials }) => trials },
  column('text', ({ text }) => text),
];

function column(name: string, pick: (event: SweepEventRow) => string): ReportColumn<SweepEventRow> {
  return { name, heading: name, align: 'left', importance: 0, text: pick, value: pick };
}

/** Events a line each, since more may follow. */
function lines(events: readonly SweepEventRow[], format: ReportFormat): string {
  if (format !== 'table') return renderRows(columns, events, format);
  return events.map(({ at, text }) => `${formatMoment(at)}  ${text}\n`).join('');
}
