import type { Json } from '../../../base/canonical-json.ts';
import { readSweepText } from '../../../launch/read-sweep-file.ts';
import type { DeviceWish } from '../../../runtime/devices/choose-device.ts';
import { renderReport } from '../../../report/tables/render-report.ts';
import type { ReportColumn } from '../../../report/tables/report-column.ts';
import { type CliContext, outputWidth, say } from '../../cli-context.ts';
import { machineIfRunning } from '../../../launch/machine.ts';
import { settings } from '../../settings.ts';
import { withoutPassword } from '../../../store/database/database-refusal.ts';
import type { FormatFlags } from '../../verb-parameters.ts';
import { fileSettings } from './file-settings.ts';
import type { SettingRow } from './setting-row.ts';

export interface ConfigFlags extends FormatFlags {
  readonly slots?: number;
  readonly device?: DeviceWish;
  readonly mouse?: boolean;
  readonly file?: string;
}

/** Says of each setting what holds and where it comes from; secrets are not shown. */
export async function showConfig(this: CliContext, flags: ConfigFlags): Promise<void> {
  const own = ownServices();
  const given = givenFlags(flags);
  const machine = settings.flatMap(({ names, fallback, flag = null, file = null }) =>
    names.map((name): SettingRow => {
      const told = { setting: name, flag, file };
      const typed = given[flag?.split(' ')[1] ?? ''];
      if (typed !== undefined) return { ...told, value: typed, source: 'flag' };
      const set = this.process.env[name];
      if (set !== undefined) return { ...told, value: shown(name, set), source: 'environment' };
      const served = own[name];
      if (served !== undefined) return { ...told, value: served, source: 'services' };
      return { ...told, value: fallback ?? null, source: 'default' };
    }),
  );
  const sweep = flags.file === undefined ? [] : fileSettings(readSweepText(flags.file), flags.file);
  const rows = [...machine, ...sweep];
  const after = [
    'flag: goes before the environment where it is given. services: what this machine’s own servers, which are up, were',
    'started with. file: a sweep asks for the same of its workers. All that a sweep file may say: docs/sweep-file.md.',
    ...waiting(machine, sweep),
  ];
  const report = { columns, rows, facts: {}, before: [], after };
  say(this, renderReport(report, flags.format, outputWidth(this)));
}

/** The flags that were typed, as the environment would say them. */
function givenFlags({ slots, device, mouse }: ConfigFlags): Readonly<Record<string, string | undefined>> {
  return {
    '--slots': slots === undefined ? undefined : String(slots),
    '--device': device,
    '--mouse': mouse === undefined ? undefined : mouse ? 'on' : 'off',
  };
}

/** Whether a sweep waits for other workers than would be begun so. */
function waiting(machine: readonly SettingRow[], sweep: readonly SettingRow[]): readonly string[] {
  const asked = sweep.find(({ setting }) => setting === 'device')?.value;
  const held = machine.find(({ setting }) => setting === 'DROPSWEEP_DEVICE')?.value;
  if (asked === undefined || held === undefined || [asked, held].includes('auto') || asked === held) return [];
  return [
    `The file asks for workers of ${written(asked)}, and these would be of ${written(held)}: the sweep waits for others.`,
  ];
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

function column(name: string, pick: (row: SettingRow) => Json): ReportColumn<SettingRow> {
  return { name, heading: name, align: 'left', importance: 0, text: (row) => written(pick(row)), value: pick };
}

function written(value: Json): string {
  if (value === null) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
