import { formatDuration } from '../../../metrics/values/format-value.ts';
import { renderReport } from '../../../report/tables/render-report.ts';
import { countColumn, type ReportColumn } from '../../../report/tables/report-column.ts';
import { listSweeps, type SweepListRow } from '../../../store/views/sweep-list.ts';
import { type CliContext, outputWidth, say } from '../../cli-context.ts';
import { withRecord } from '../../../launch/open-record.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

export interface LsFlags extends FormatFlags {
  readonly tag?: string;
}

export async function ls(this: CliContext, flags: LsFlags): Promise<void> {
  await withRecord(async ({ store }) => {
    const all = await listSweeps(store);
    const rows = all.filter(({ tags }) => flags.tag === undefined || tags.includes(flags.tag));
    const report = { columns: columns(new Date()), rows, facts: {}, before: [], after: [] };
    say(this, renderReport(report, flags.format, outputWidth(this)));
  });
}

function columns(now: Date): readonly ReportColumn<SweepListRow>[] {
  const text = (name: string, importance: number, pick: (row: SweepListRow) => string): ReportColumn<SweepListRow> => ({
    name,
    heading: name,
    align: 'left',
    importance,
    text: pick,
    value: pick,
  });
  return [
    text('sweep', 0, ({ name }) => name),
    text('state', 0, ({ state }) => state),
    {
      ...text('trainer', 1, ({ trainer }) => (trainer === 'simulated' ? 'SIMULATED' : trainer)),
      value: ({ trainer }) => trainer,
    },
    countColumn('finished', 1),
    countColumn('trainings', 1),
    countColumn('failed', 2),
    countColumn('trials', 3),
    {
      name: 'launched_at',
      heading: 'launched',
      align: 'left',
      importance: 4,
      text: ({ createdAt }) => `${formatDuration(now.getTime() - createdAt.getTime())} ago`,
      value: ({ createdAt }) => createdAt.toISOString(),
    },
    { ...text('tags', 5, ({ tags }) => tags.join(' ')), value: ({ tags }) => (tags.length === 0 ? null : [...tags]) },
    { ...text('note', 6, ({ note }) => note?.split('\n')[0] ?? ''), value: ({ note }) => note },
  ];
}
