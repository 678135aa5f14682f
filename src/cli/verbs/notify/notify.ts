import type { FormatFlags } from '../../verb-parameters.ts';
import { hostname } from 'node:os';
import { DropsweepError } from '../../../base/errors.ts';
import { withRecord } from '../../../launch/open-record.ts';
import { readConditions } from '../../../notices/conditions.ts';
import type { Target } from '../../../notices/target-kind.ts';
import { targetKinds } from '../../../notices/targets.ts';
import { countColumn, type ReportColumn } from '../../../report/tables/report-column.ts';
import { renderReport } from '../../../report/tables/render-report.ts';
import { addNotice, listNotices, type NoticeRow, removeNotice } from '../../../store/notices/notices.ts';
import { refuseUnused } from '../../reading/refuse-unused.ts';
import { type CliContext, note, outputWidth, say } from '../../cli-context.ts';

export interface NotifyFlags extends FormatFlags {
  readonly webhook?: string;
  readonly command?: string;
  /** Absent: at its end. */
  readonly on?: string;
  readonly remove?: number;
}

/** Sets, takes away or lists what a sweep tells by itself. */
export async function notify(this: CliContext, flags: NotifyFlags, sweep: string): Promise<void> {
  const target = targetOf(flags, process.cwd());
  if (target !== null && flags.remove !== undefined) {
    throw new DropsweepError('USAGE', 'a notice is set or taken away, not both', { fix: 'leave out --remove' });
  }
  if (target === null) refuseUnused({ '--on': flags.on }, '--webhook or --command beside it');
  const conditions = readConditions(flags.on ?? 'end');
  await withRecord(async ({ store }) => {
    if (target !== null) {
      const id = await addNotice(store, sweep, target, conditions);
      note(this, `Notice ${id} of ${sweep} is set. dropsweep logs ${sweep} shows what becomes of it.`);
    }
    if (flags.remove !== undefined) {
      await removeNotice(store, sweep, flags.remove);
      note(this, `Notice ${flags.remove} of ${sweep} is gone.`);
    }
    const rows = await listNotices(store, sweep);
    const before = rows.length === 0 ? [`${sweep} tells nobody anything by itself.`] : [];
    const report = { columns, rows, facts: { sweep }, before, after: [] };
    say(this, renderReport(report, flags.format, outputWidth(this)));
  });
}

/** Null: none is named. @throws USAGE */
function targetOf(flags: NotifyFlags, folder: string): Target | null {
  const named = targetKinds.flatMap((kind) => {
    const address = kind.name === 'webhook' ? flags.webhook : flags.command;
    return address === undefined ? [] : [{ kind, address }];
  });
  const [first, second] = named;
  if (first === undefined) return null;
  if (second !== undefined) {
    throw new DropsweepError('USAGE', 'a notice goes one way', {
      got: named.map(({ kind }) => `--${kind.name}`).join(' and '),
      expected: 'one of them; a second notice for the other',
    });
  }
  const { kind, address } = first;
  kind.check(address);
  return {
    kind: kind.name,
    address,
    host: kind.ownHost ? hostname() : null,
    folder: kind.ownHost ? folder : null,
  };
}

const columns: readonly ReportColumn<NoticeRow>[] = [
  {
    name: 'notice',
    heading: 'notice',
    align: 'right',
    importance: 0,
    text: ({ notice }) => String(notice),
    value: ({ notice }) => notice,
  },
  text('on', 0, ({ conditions }) => conditions.join(',')),
  text('kind', 1, ({ kind }) => kind),
  text('target', 0, ({ target }) => target),
  text('host', 3, ({ host }) => host),
  countColumn('delivered', 1),
  countColumn('pending', 2),
  countColumn('failed', 1),
  text('problem', 2, ({ problem }) => problem),
];

function text(name: string, importance: number, pick: (row: NoticeRow) => string | null): ReportColumn<NoticeRow> {
  return { name, heading: name, align: 'left', importance, text: (row) => pick(row) ?? '-', value: pick };
}
