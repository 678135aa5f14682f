import { writeFile } from 'node:fs/promises';
import type { Json } from '../../../base/canonical-json.ts';
import { DropsweepError } from '../../../base/errors.ts';
import { trialPredictions } from '../../../export/trial-predictions.ts';
import { renderReport } from '../../../report/render-report.ts';
import type { ReportColumn } from '../../../report/report-column.ts';
import { readStoredEvaluation } from '../../../store/stored-evaluation.ts';
import type { SweepSnapshot } from '../../../store/sweep-snapshot.ts';
import type { TaskDefinition } from '../../../sweep/sweep-definition.ts';
import { traitsOf } from '../../../sweep/trainer-traits.ts';
import type { PredictionRecord } from '../../../tasks/task.ts';
import { taskOf } from '../../../tasks/tasks.ts';
import { resolveModelFolder } from '../../../worker/resolve-model-folder.ts';
import { type CliContext, note, sayData } from '../../cli-context.ts';
import type { OpenRecord } from '../../../launch/open-record.ts';

interface PredictionsRequest {
  readonly trial: number;
  /** A further set; absent: the rows that the trial is ranked by. */
  readonly set: string | undefined;
  readonly format: 'json' | 'csv' | 'benchmark';
  readonly out: string | undefined;
}

/** A trial's prediction for each row that it was scored on, as CSV or JSON, or as the task's benchmark takes them. */
export async function exportPredictions(
  context: CliContext,
  record: OpenRecord,
  snapshot: SweepSnapshot,
  { trial, set, format, out }: PredictionsRequest,
): Promise<void> {
  if (!traitsOf(snapshot.trainer).method)
    throw new DropsweepError('USAGE', 'a program’s sweep has no predictions here', { got: snapshot.name });
  const { predictions } = taskOf(taskScored(snapshot, set));
  const { benchmark } = predictions;
  if (format === 'benchmark' && benchmark === undefined) {
    throw new DropsweepError('USAGE', 'the task has no benchmark with a format of its own', {
      where: '--format',
      got: format,
      expected: 'csv or json',
    });
  }
  const stored = await readStoredEvaluation(record.store, snapshot.sweepId, trial, set);
  const records = await trialPredictions(stored, await resolveModelFolder(stored.specification.base));
  const text =
    format === 'benchmark' && benchmark !== undefined
      ? benchmark.file(records)
      : renderReport(
          {
            columns: columnsOf(records),
            rows: records,
            facts: { trial, ...(set === undefined ? {} : { set }) },
            before: [],
            after: [],
          },
          format === 'csv' ? 'csv' : 'json',
          0,
        );
  if (out === undefined) {
    sayData(context, text);
    return;
  }
  await writeFile(out, text);
  note(
    context,
    `Wrote ${records.length} predictions of trial ${trial}${set === undefined ? '' : ` on ${set}`} to ${out}`,
  );
}

/** @throws USAGE where the sweep has no such set */
function taskScored({ definition: { task, sets = [] } }: SweepSnapshot, set: string | undefined): TaskDefinition {
  const found = set === undefined ? task : sets.find(({ name }) => name === set)?.task;
  if (found !== undefined) return found;
  const names = sets.map(({ name }) => name);
  throw new DropsweepError('USAGE', 'the sweep has no such evaluation set', {
    where: '--set',
    got: set ?? '',
    expected: names.length === 0 ? 'no --set: its file names no evaluation.sets' : `one of ${names.join(', ')}`,
  });
}

function columnsOf([first]: readonly PredictionRecord[]): readonly ReportColumn<PredictionRecord>[] {
  return Object.keys(first ?? {}).map((name) => {
    const value = (record: PredictionRecord): Json => record[name] ?? null;
    return {
      name,
      heading: name,
      align: 'left',
      importance: 0,
      text: (record) => JSON.stringify(value(record)),
      value,
    };
  });
}
