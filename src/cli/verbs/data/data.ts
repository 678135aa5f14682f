import { DropsweepError } from '../../../base/errors.ts';
import { fullReport } from '../../../launch/data/describe-data.ts';
import { readDataReport } from '../../../launch/data/describe-sweep-data.ts';
import { readSweepFile } from '../../../launch/read-sweep-file.ts';
import { renderReport } from '../../../report/tables/render-report.ts';
import { type CliContext, progressOf, say } from '../../cli-context.ts';
import type { FormatFlags } from '../../verb-parameters.ts';
import { dataRows } from './data-rows.ts';

export async function data(this: CliContext, { format }: FormatFlags, file: string): Promise<void> {
  const definition = readSweepFile(file);
  const told = await readDataReport(definition, progressOf(this));
  if (told === null) {
    throw new DropsweepError('USAGE', 'a program’s sweep has no rows here: they are the program’s own affair', {
      where: file,
      got: definition.name,
      expected: 'a sweep with a task',
    });
  }
  if (format === 'table') say(this, [...fullReport(told), ...told.remarks].join('\n'));
  else say(this, renderReport(dataRows(definition.name, told), format, 0));
  if (told.refusal !== null) throw told.refusal;
}
