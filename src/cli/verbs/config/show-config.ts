import { renderReport } from '../../../report/render-report.ts';
import type { ReportColumn } from '../../../report/report-column.ts';
import { type CliContext, outputWidth, say } from '../../cli-context.ts';
import { machineIfRunning } from '../../../launch/machine.ts';
import { settings } from '../../settings.ts';
import { withoutPassword } from '../../../store/database/database-refusal.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

interface SettingRow {
  readonly setting: string;
  readonly value: string | null;
  readonly source: 'environment' | 'services' | 'default';
  readonly flag: string | null;
  readonly file: string | null;
}

/** Says of each setting what holds and where it comes from; secrets are not shown. */
export async function showConfig(this: CliContext, flags: FormatFlags): Promise<void> {
  const own = ownServices();
  const rows = settings.flatMap(({ names, fallback, flag = null, file = null }) =>
    names.map((name): SettingRow => {
      const told = { setting: name, flag, file };
      const set = this.process.env[name];
      if (set !== undefined) return { ...told, value: shown(name, set), source: 'environment' };
      const served = own[name];
      if (served !== undefined) return { ...told, value: served, source: 'services' };
      return { ...told, value: fallback ?? null, source: 'default' };
    }),
  );
  const after = [
    'services: what this machine’s own servers, which are up, were started with. flag: goes before it where it is given;',
    'file: a sweep asks for the same of its workers. All else of a sweep stands in its file: docs/sweep-file.md.',
  ];
  const report = { columns, rows, facts: {}, before: [], after };
  say(this, renderReport(report, flags.format, outputWidth(this)));
}

/** What the services of this machine stand for, where they are up and the environment names no others. */
function ownServices(): Readonly<Record<string, string | undefined>> {
  const machine = machineIfRunning();
  if (machine === null) return {};
  return {
    DATABASE_URL: machine.databaseName,
    TEMPORAL_ADDRESS: machine.temporal?.address,
    TEMPORAL_NAMESPACE: machine.temporal?.namespace,
    DROPSWEEP_DATA: machine.dataDirectory,
  };
}

function shown(name: string, value: string): string {
  if (name === 'DATABASE_URL') return withoutPassword(value);
  return /KEY|TOKEN/.test(name) ? '(set)' : value;
}

const columns: readonly ReportColumn<SettingRow>[] = [
  column('setting', ({ setting }) => setting),
  column('value', ({ value }) => value),
  column('source', ({ source }) => source),
  column('flag', ({ flag }) => flag),
  column('file', ({ file }) => file),
];

function column(name: string, pick: (row: SettingRow) => string | null): ReportColumn<SettingRow> {
  return { name, heading: name, align: 'left', importance: 0, text: (row) => pick(row) ?? '-', value: pick };
}
