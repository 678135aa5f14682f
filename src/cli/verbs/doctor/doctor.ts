import { renderReport } from '../../../report/tables/render-report.ts';
import type { ReportColumn } from '../../../report/tables/report-column.ts';
import { dataDirectoryOf } from '../../../services/data-directory.ts';
import { doctor as examine } from '../../../services/doctor/doctor.ts';
import type { DoctorFinding } from '../../../services/doctor/doctor-finding.ts';
import { type CliContext, outputWidth, say } from '../../cli-context.ts';
import { exitStatus } from '../../output/exit-status.ts';
import type { FormatFlags } from '../../verb-parameters.ts';

export async function doctor(this: CliContext, flags: FormatFlags): Promise<void> {
  const findings = await examine(dataDirectoryOf(process.env));
  const failed = findings.filter(({ status }) => status === 'fail').length;
  const report = {
    columns,
    rows: findings,
    facts: { failed },
    before: [],
    after: findings.flatMap(({ name, fix }) => (fix === undefined ? [] : [`${name}: ${fix}`])),
  };
  say(this, renderReport(report, flags.format, outputWidth(this)));
  if (failed > 0) this.process.exitCode = exitStatus.failed;
}

const columns: readonly ReportColumn<DoctorFinding>[] = [
  column('name', ({ name }) => name),
  column('status', ({ status }) => status),
  column('detail', ({ detail }) => detail),
  { ...column('fix', ({ fix }) => fix ?? ''), heading: null },
];

function column(name: string, pick: (finding: DoctorFinding) => string): ReportColumn<DoctorFinding> {
  return { name, heading: name, align: 'left', importance: 0, text: pick, value: pick };
}
