import type { OpenRecord } from '../../../launch/open-record.ts';
import { curveColumns, type CurveRow, curveRows } from '../../../report/tables/curves-report.ts';
import { metricColumns, metricRows } from '../../../report/tables/metrics-report.ts';
import type { ReportColumn } from '../../../report/tables/report-column.ts';
import { sweepFacts } from '../../../report/sweep-sentences.ts';
import { type TableFileFormat, tableFile } from '../../../report/tables/table-file.ts';
import { trialsReport } from '../../../report/tables/trials-report.ts';
import { readRecordedSteps } from '../../../store/segments/recorded-steps.ts';
import { readLearningCurves } from '../../../store/views/trials/learning-curve.ts';
import { readSweepProvenance } from '../../../store/views/sweep-list.ts';
import { readTrialsInTurn } from '../../../store/views/sweep-reader.ts';
import type { SweepSnapshot, TrialRow } from '../../../store/views/sweep-snapshot.ts';
import { type CliContext, note, progressOf } from '../../cli-context.ts';
import { writeOutInTurn } from '../../output/write-out.ts';

/** The tables of a sweep that can be exported. */
export type ExportedTable = 'trials' | 'metrics' | 'curves';

interface TableRequest {
  readonly sweep: string;
  readonly table: ExportedTable;
  readonly format: TableFileFormat;
  readonly out: string | undefined;
}

/**
 * A sweep's trials, their metrics, or its trainings' curves, which leave while others are read.
 * @throws SWEEP_NOT_FOUND
 */
export async function exportTable(context: CliContext, record: OpenRecord, request: TableRequest): Promise<void> {
  const { table } = request;
  await readTrialsInTurn(record.store, request.sweep, async (snapshot, trials) => {
    const exported = { context, record, snapshot, trials, request };
    if (table === 'trials') return write(exported, trialsReport(snapshot).columns, () => (some) => some);
    if (table === 'metrics') return write(exported, metricColumns(snapshot), () => metricRows);
    return write(exported, curveColumns(snapshot), () => curvesInTurn(record, snapshot));
  });
}

type RowsOf<Row> = (trials: readonly TrialRow[]) => readonly Row[] | Promise<readonly Row[]>;

interface Exported {
  readonly context: CliContext;
  readonly record: OpenRecord;
  readonly snapshot: SweepSnapshot;
  readonly trials: () => AsyncIterable<readonly TrialRow[]>;
  readonly request: TableRequest;
}

/** @param begin gives what makes the table's rows of some trials, from the first trial on */
async function write<Row>(
  { context, record, snapshot, trials, request: { table, format, out } }: Exported,
  columns: readonly ReportColumn<Row>[],
  begin: () => RowsOf<Row>,
): Promise<void> {
  let written = 0;
  async function* rows(): AsyncGenerator<readonly Row[]> {
    const rowsOf = begin();
    let done = 0;
    written = 0;
    for await (const some of trials()) {
      const made = await rowsOf(some);
      yield made;
      written += made.length;
      done += some.length;
      // Lines that run over a terminal are progress enough.
      if (out !== undefined || !context.process.stdout.isTTY)
        progressOf(context)(`exporting ${table}`, { done, of: snapshot.trialCount, unit: 'trials' });
    }
  }
  const facts = format === 'json' ? { ...sweepFacts(snapshot), ...(await provenanceOf(record, snapshot)) } : {};
  await writeOutInTurn(context, tableFile({ columns, facts, rows }, format), out);
  if (out !== undefined)
    note(context, `Wrote ${written} ${table === 'trials' ? 'trials' : `rows of ${table}`} to ${out}`);
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

/** Rows of the trainings of some trials, each with the first of its trials: one that was there before has none. */
function curvesInTurn({ store }: OpenRecord, { sweepId }: SweepSnapshot): RowsOf<CurveRow> {
  const known = new Set<string>();
  return async (trials) => {
    const fresh = new Map<string, TrialRow>();
    for (const trial of trials) {
      const { trainingId: id } = trial;
      if (!known.has(id)) fresh.set(id, trial);
      known.add(id);
    }
    const ids = [...fresh.keys()];
    const [recorded, evaluated] = await Promise.all([
      readRecordedSteps(store, ids),
      readLearningCurves(store, sweepId, ids),
    ]);
    return [...fresh].flatMap(([id, trial]) =>
      curveRows({ trial, recorded: recorded.get(id) ?? [], evaluated: evaluated.get(id)?.points ?? [] }),
    );
  };
}
