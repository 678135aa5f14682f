import { writeFile } from 'node:fs/promises';
import { DropsweepError } from '../../../base/errors.ts';
import { writePeftAdapter } from '../../../export/write-peft-adapter.ts';
import { renderReport } from '../../../report/render-report.ts';
import { trialsReport } from '../../../report/trials-report.ts';
import type { SweepSnapshot } from '../../../store/sweep-snapshot.ts';
import { readSweepProvenance } from '../../../store/sweep-list.ts';
import { type CliContext, note, sayData } from '../../cli-context.ts';
import { demandFree } from '../../demand-free.ts';
import { exportedTrial } from '../../exported-trial.ts';
import { type OpenRecord, withRecord } from '../../../launch/open-record.ts';
import { readWholeSweep } from '../../read-report.ts';
import { exportPredictions } from './export-predictions.ts';
import type { ExportFlags } from './export-verb.ts';

export async function exportSweep(this: CliContext, flags: ExportFlags, sweep?: string): Promise<void> {
  if (flags.out !== undefined) demandFree(flags.out, flags.force);
  await withRecord(async (record) => {
    const snapshot = await readWholeSweep(record.store, sweep);
    if (flags.adapter !== undefined) {
      await exportAdapter(this, record, snapshot, { trial: flags.adapter, out: flags.out });
      return;
    }
    if (flags.predictions !== undefined) {
      const { predictions: trial, set, format, out } = flags;
      await exportPredictions(this, record, snapshot, { trial, set, format, out });
      return;
    }
    const format = tableFormat(flags.format);
    const { launchedBy, canonicalHash, mergedPoints, theoryConstants } = await readSweepProvenance(
      record.store,
      snapshot.name,
    );
    const report = trialsReport(snapshot);
    const provenance = {
      launched_by: { ...launchedBy },
      launched_at: snapshot.createdAt.toISOString(),
      canonical_hash: canonicalHash,
      merged_points: mergedPoints,
      theory_constants: theoryConstants === null ? null : { ...theoryConstants },
    };
    const text = renderReport({ ...report, facts: { ...report.facts, ...provenance } }, format, 0);
    if (flags.out === undefined) {
      sayData(this, text);
      return;
    }
    await writeFile(flags.out, text);
    note(this, `Wrote ${snapshot.trials.length} trials to ${flags.out}`);
  });
}

function tableFormat(format: ExportFlags['format']): 'json' | 'csv' {
  if (format !== 'benchmark') return format;
  throw new DropsweepError('USAGE', 'a benchmark takes predictions', {
    where: '--format',
    got: format,
    expected: '--predictions TRIAL',
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
