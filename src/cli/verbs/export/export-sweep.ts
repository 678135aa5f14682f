import { DropsweepError } from '../../../base/errors.ts';
import { writePeftAdapter } from '../../../export/models/write-peft-adapter.ts';
import { type OpenRecord, withRecord } from '../../../launch/open-record.ts';
import { type TableFileFormat, tableFormatOf } from '../../../report/tables/table-file.ts';
import { readTrialSnapshot } from '../../../store/views/trials/trial-snapshot.ts';
import type { SweepSnapshot } from '../../../store/views/sweep-snapshot.ts';
import { type CliContext, note } from '../../cli-context.ts';
import { chooseSweep } from '../../reading/choose-sweep.ts';
import { demandFree } from '../../reading/demand-free.ts';
import { refuseUnused } from '../../reading/refuse-unused.ts';
import { exportedTrial } from '../../reading/exported-trial.ts';
import { exportPredictions } from './export-predictions.ts';
import { exportSubmission } from './export-submission.ts';
import { type ExportedTable, exportTable } from './export-table.ts';
import type { ExportFlags } from './export-verb.ts';

export async function exportSweep(this: CliContext, flags: ExportFlags, sweep?: string): Promise<void> {
  const { adapter, predictions, out } = flags;
  const table = tableOf(flags);
  const format = formatOf(flags);
  refuseFlags(flags, format);
  if (out !== undefined) demandFree(out, flags.force);
  await withRecord(async (record) => {
    const name = await chooseSweep(record.store, sweep);
    const trial = adapter ?? predictions;
    if (trial === undefined) {
      await exportTable(this, record, { sweep: name, table, format: tableFormat(format), out });
      return;
    }
    const snapshot = await readTrialSnapshot(record.store, name, trial);
    if (predictions === undefined) {
      await exportAdapter(this, record, snapshot, { trial, out });
      return;
    }
    const { data } = snapshot.definition.task;
    if (data.kind === 'glue' && flags.set === undefined && (format === 'glue' || format === 'benchmark')) {
      refuseUnused({ '--split': flags.split }, 'the test rows, which GLUE’s server judges');
      await exportSubmission(this, record, snapshot, { trial: predictions, source: data, out });
      return;
    }
    if (format === 'glue') throw notGlue();
    const { set, split, members } = flags;
    await exportPredictions(this, record, snapshot, { trial: predictions, set, split, members, format, out });
  });
}

/** @throws USAGE where more than one thing is asked for */
function tableOf({ adapter, predictions, trials, metrics, curves }: ExportFlags): ExportedTable {
  const asked = Object.entries({ adapter, predictions, trials, metrics, curves }).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [`--${name}`],
  );
  if (asked.length > 1) {
    throw new DropsweepError('USAGE', 'one thing is exported at a time', {
      got: asked.join(' and '),
      expected: 'one of them',
    });
  }
  return metrics ? 'metrics' : curves ? 'curves' : 'trials';
}

/** @throws USAGE where a flag would be passed over */
function refuseFlags(
  { adapter, predictions, set, split, members, format: named }: ExportFlags,
  format: NonNullable<ExportFlags['format']>,
): void {
  const ofPredictions = { '--set': set, '--split': split, '--members': members };
  if (predictions === undefined) refuseUnused(ofPredictions, '--predictions TRIAL beside it');
  if (adapter !== undefined) refuseUnused({ '--format': named }, 'an adapter is a folder as PEFT has it');
  if (format === 'benchmark' || format === 'glue')
    refuseUnused({ '--members': members }, 'a benchmark takes one prediction of a row; csv, json, jsonl or parquet');
}

/** As it is named, else as the name of the file tells. */
function formatOf({ format, out }: ExportFlags): NonNullable<ExportFlags['format']> {
  return format ?? (out === undefined ? null : tableFormatOf(out)) ?? 'csv';
}

function tableFormat(format: NonNullable<ExportFlags['format']>): TableFileFormat {
  if (format !== 'benchmark' && format !== 'glue') return format;
  throw new DropsweepError('USAGE', 'a benchmark takes predictions', {
    where: '--format',
    got: format,
    expected: '--predictions TRIAL',
  });
}

function notGlue(): DropsweepError {
  return new DropsweepError('USAGE', 'the sweep is of no task of GLUE', {
    where: '--format',
    got: 'glue',
    expected: 'a sweep whose task.data names glue',
  });
}

interface AdapterRequest {
  readonly trial: number;
  readonly out: string | undefined;
}

async function exportAdapter(
  context: CliContext,
  record: OpenRecord,
  snapshot: SweepSnapshot,
  { trial: number, out }: AdapterRequest,
): Promise<void> {
  if (out === undefined) {
    throw new DropsweepError('USAGE', 'an adapter is a folder', {
      where: '--out',
      expected: '--adapter TRIAL --out FOLDER',
    });
  }
  const { files, notes } = await writePeftAdapter(await exportedTrial(record, snapshot, number), out);
  note(context, `Wrote trial ${number}'s adapter to ${out}: ${files.join(', ')}`);
  for (const sentence of notes) note(context, sentence);
}
