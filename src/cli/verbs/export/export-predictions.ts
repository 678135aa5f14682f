import { formatCount } from '../../../base/format-count.ts';
import type { Progress } from '../../../base/progress.ts';
import { DropsweepError } from '../../../base/errors.ts';
import { predictionRecords } from '../../../export/predictions/prediction-records.ts';
import { predictedSplit } from '../../../export/predictions/predicted-split.ts';
import { storedPredictions } from '../../../export/predictions/stored-predictions.ts';
import type { OpenRecord } from '../../../launch/open-record.ts';
import { type TableFileFormat, tableFile, tableOf } from '../../../report/tables/table-file.ts';
import { readSplitRows } from '../../../store/views/split-rows.ts';
import { readStoredEvaluation } from '../../../store/views/stored-evaluation.ts';
import type { SweepSnapshot } from '../../../store/views/sweep-snapshot.ts';
import type { TaskDefinition } from '../../../sweep/sweep-definition.ts';
import { traitsOf } from '../../../sweep/trainer-traits.ts';
import { taskOf } from '../../../tasks/tasks.ts';
import { resolveModelFolder } from '../../../worker/files/resolve-model-folder.ts';
import { type CliContext, note, progressOf } from '../../cli-context.ts';
import { exportedTrial } from '../../reading/exported-trial.ts';
import { runMembers } from '../../output/run-members.ts';
import { findTrial } from '../../reading/find-trial.ts';
import { recordColumns } from '../../output/record-columns.ts';
import { writeOut, writeOutInTurn } from '../../output/write-out.ts';

interface PredictionsRequest {
  readonly trial: number;
  /** One of evaluation.sets, in place of a split. */
  readonly set: string | undefined;
  /** Absent: the rows that the trial was scored on. */
  readonly split: 'train' | 'dev' | 'test' | undefined;
  readonly members: boolean;
  readonly format: TableFileFormat | 'benchmark';
  readonly out: string | undefined;
}

/** A trial's prediction for each row of a split, as a table, or as the task's benchmark takes them. */
export async function exportPredictions(
  context: CliContext,
  record: OpenRecord,
  snapshot: SweepSnapshot,
  { trial, set, split, members, format, out }: PredictionsRequest,
): Promise<void> {
  if (!traitsOf(snapshot.trainer).method)
    throw new DropsweepError('USAGE', 'a program’s sweep has no predictions here', { got: snapshot.name });
  const { benchmark } = taskOf(taskScored(snapshot, { set, split })).predictions;
  if (format === 'benchmark' && benchmark === undefined) {
    throw new DropsweepError('USAGE', 'the task has no benchmark with a format of its own', {
      where: '--format',
      got: format,
      expected: 'csv, json, jsonl or parquet',
    });
  }
  const { evaluation } = findTrial(snapshot, trial);
  const own = split === undefined || split === evaluation.split;
  const outputs = own
    ? await readStored(record, snapshot, trial, set)
    : await predictSplit(record, snapshot, { trial, split, progress: progressOf(context) });
  const records = predictionRecords(outputs, { aggregate: evaluation.aggregate, withMembers: members });
  const facts = { trial, ...(set === undefined ? { split: split ?? evaluation.split } : { set }) };
  if (format === 'benchmark') await writeOut(context, benchmark?.file(records) ?? '', out);
  else {
    const table = tableOf({ columns: recordColumns(records), rows: records, facts });
    await writeOutInTurn(context, tableFile(table, format), out);
  }
  if (out !== undefined)
    note(
      context,
      `Wrote ${formatCount(records.length, 'prediction')} of trial ${trial}${set === undefined ? '' : ` on ${set}`} to ${out}`,
    );
}

/** @throws USAGE where the sweep has no such set */
function taskScored(
  { definition: { task, sets = [] } }: SweepSnapshot,
  { set, split }: Pick<PredictionsRequest, 'set' | 'split'>,
): TaskDefinition {
  if (set !== undefined && split !== undefined) {
    throw new DropsweepError('USAGE', 'a set is no split', { got: '--set and --split', expected: 'one of them' });
  }
  const found = set === undefined ? task : sets.find(({ name }) => name === set)?.task;
  if (found !== undefined) return found;
  const names = sets.map(({ name }) => name);
  throw new DropsweepError('USAGE', 'the sweep has no such evaluation set', {
    where: '--set',
    got: set ?? '',
    expected: names.length === 0 ? 'no --set: its file names no evaluation.sets' : `one of ${names.join(', ')}`,
  });
}

async function readStored({ store }: OpenRecord, { sweepId }: SweepSnapshot, trial: number, set: string | undefined) {
  const stored = await readStoredEvaluation(store, sweepId, trial, set);
  return storedPredictions(stored, await resolveModelFolder(stored.specification.base));
}

/** Of a split that the trial was not scored on: run now, with the members that it was scored with. */
async function predictSplit(
  record: OpenRecord,
  snapshot: SweepSnapshot,
  {
    trial,
    split,
    progress,
  }: { readonly trial: number; readonly split: 'train' | 'dev' | 'test'; readonly progress: Progress },
) {
  const exported = await exportedTrial(record, snapshot, trial);
  const wanted = await readSplitRows(record.store, snapshot.sweepId, split);
  const predicted = predictedSplit(exported, { name: split, ...wanted });
  return runMembers(predicted.exported, predicted.rows, progress);
}
