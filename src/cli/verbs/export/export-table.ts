import type { OpenRecord } from '../../../launch/open-record.ts';
import { curvesReport, type TrainingCurve } from '../../../report/curves-report.ts';
import { metricsReport } from '../../../report/metrics-report.ts';
import { type TableFileFormat, tableFile } from '../../../report/table-file.ts';
import { csvHeader, jsonInTurn, type Report, renderRows } from '../../../report/render-report.ts';
import { trialsReport } from '../../../report/trials-report.ts';
import { readLearningCurves } from '../../../store/views/learning-curve.ts';
import { readRecordedSteps } from '../../../store/segments/recorded-steps.ts';
import { readTrialsInTurn } from '../../../store/views/sweep-reader.ts';
import { readSweepProvenance } from '../../../store/views/sweep-list.ts';
import type { SweepSnapshot, TrialRow } from '../../../store/views/sweep-snapshot.ts';
import type { Progress } from '../../../base/progress.ts';
import { type CliContext, note, progressOf } from '../../cli-context.ts';
import { writeOut, writeOutInTurn } from '../../write-out.ts';

/** The tables of a sweep that can be exported. */
export type ExportedTable = 'trials' | 'metrics' | 'curves';

/** Two statements read the curves of so many trainings. */
const curvesAtOnce = 500;

interface TableRequest {
  readonly table: ExportedTable;
  readonly format: TableFileFormat;
  readonly out: string | undefined;
}

/** A sweep's trials, their metrics, or its trainings' curves. */
export async function exportTable(
  context: CliContext,
  record: OpenRecord,
  snapshot: SweepSnapshot,
  { table, format, out }: TableRequest,
): Promise<void> {
  const provenance = await provenanceOf(record, snapshot);
  if (table === 'trials') return write(context, trialsReport(snapshot), provenance, { table, format, out });
  if (table === 'metrics') return write(context, metricsReport(snapshot), provenance, { table, format, out });
  const curves = curvesReport(snapshot, await readCurves(record, snapshot, progressOf(context)));
  return write(context, curves, provenance, { table, format, out });
}

/**
 * A sweep's trials as text, which leave while others are read.
 * @throws SWEEP_NOT_FOUND
 */
export async function exportTrialsInTurn(
  context: CliContext,
  record: OpenRecord,
  { sweep, format, out }: { readonly sweep: string; readonly format: TextFormat; readonly out: string | undefined },
): Promise<void> {
  await readTrialsInTurn(record.store, sweep, async (snapshot, batches) => {
    const { columns, facts } = trialsReport(snapshot);
    const beside = format === 'json' ? { ...facts, ...(await provenanceOf(record, snapshot)) } : {};
    async function* counting(): AsyncGenerator<readonly TrialRow[]> {
      let done = 0;
      for await (const rows of batches) {
        yield rows;
        done += rows.length;
        // Lines that run over a terminal are progress enough.
        if (out !== undefined || !context.process.stdout.isTTY)
          progressOf(context)('exporting trials', { done, of: snapshot.trialCount, unit: 'trials' });
      }
    }
    async function* texts(): AsyncGenerator<string> {
      if (format === 'json') yield* jsonInTurn({ columns, facts: beside }, counting());
      else {
        if (format === 'csv') yield csvHeader(columns);
        for await (const rows of counting()) yield renderRows(columns, rows, format === 'csv' ? 'csv' : 'json');
      }
    }
    await writeOutInTurn(context, texts(), out);
    told(context, out, snapshot.trialCount, 'trials');
  });
}

/** Formats that are written row by row. */
const textFormats = ['csv', 'json', 'jsonl'] as const;
type TextFormat = (typeof textFormats)[number];

export function asText(format: TableFileFormat): TextFormat | null {
  return textFormats.find((each) => each === format) ?? null;
}

function told(context: CliContext, out: string | undefined, rows: number, what: string): void {
  if (out !== undefined) note(context, `Wrote ${rows} ${what} to ${out}`);
}

async function write<Row>(
  context: CliContext,
  report: Pick<Report<Row>, 'columns' | 'rows' | 'facts'>,
  provenance: Report<Row>['facts'],
  { table, format, out }: TableRequest,
): Promise<void> {
  const content = await tableFile({ ...report, facts: { ...report.facts, ...provenance } }, format);
  await writeOut(context, content, out);
  told(context, out, report.rows.length, table === 'trials' ? 'trials' : `rows of ${table}`);
}

async function provenanceOf({ store }: OpenRecord, snapshot: SweepSnapshot) {
  const { launchedBy, canonicalHash, mergedPoints, theoryConstants } = await readSweepProvenance(store, snapshot.name);
  return {
    launched_by: { ...launchedBy },
    launched_at: snapshot.createdAt.toISOString(),
    canonical_hash: canonicalHash,
    merged_points: mergedPoints,
    theory_constants: theoryConstants === null ? null : { ...theoryConstants },
  };
}

async function readCurves(
  { store }: OpenRecord,
  snapshot: SweepSnapshot,
  progress: Progress,
): Promise<readonly TrainingCurve[]> {
  const first = new Map<string, TrialRow>();
  for (const trial of [...snapshot.trials].sort((a, b) => a.trial - b.trial))
    if (!first.has(trial.trainingId)) first.set(trial.trainingId, trial);
  const curves: TrainingCurve[] = [];
  const all = [...first];
  while (curves.length < all.length) {
    const page = all.slice(curves.length, curves.length + curvesAtOnce);
    const ids = page.map(([id]) => id);
    const [recorded, evaluated] = await Promise.all([
      readRecordedSteps(store, ids),
      readLearningCurves(store, snapshot.sweepId, ids),
    ]);
    for (const [id, trial] of page)
      curves.push({ trial, recorded: recorded.get(id) ?? [], evaluated: evaluated.get(id)?.points ?? [] });
    progress('reading curves', { done: curves.length, of: all.length, unit: 'trainings' });
  }
  return curves;
}
