import { readTrialSnapshot } from '../../../store/views/trials/trial-snapshot.ts';
import { formatCount } from '../../../base/format-count.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { DropsweepError, placedAs } from '../../../base/errors.ts';
import { settledTrial } from '../../../export/settled-trial.ts';
import { unseenRecords } from '../../../export/predictions/prediction-records.ts';
import { withRecord } from '../../../launch/open-record.ts';
import { tableFile, tableFormatOf, tableOf } from '../../../report/tables/table-file.ts';
import type { TaskDefinition } from '../../../sweep/sweep-definition.ts';
import { formatsOf, taskOf } from '../../../tasks/tasks.ts';
import { readUnseen } from '../../../tasks/read-unseen.ts';
import { type CliContext, note, outputWidth, progressOf } from '../../cli-context.ts';
import { demandFree } from '../../reading/demand-free.ts';
import { exportedTrial } from '../../reading/exported-trial.ts';
import { answerRows, runMembers } from '../../output/run-members.ts';
import { recordColumns, recordTable } from '../../output/record-columns.ts';
import { writeOut, writeOutInTurn } from '../../output/write-out.ts';
import { type PredictFlags, usualTokens } from './predict-verb.ts';

/** Predicts rows that the sweep never saw. */
export async function predict(this: CliContext, flags: PredictFlags, sweep: string, file?: string): Promise<void> {
  if (flags.out !== undefined) demandFree(flags.out, flags.force);
  const columns = columnsOf(flags.column ?? []);
  await withRecord(async (record) => {
    const snapshot = await readTrialSnapshot(record.store, sweep, flags.trial);
    const { task } = snapshot.definition;
    demandFormat(flags.inputFormat, formatsOf(task));
    const answers = answersRows(flags, task);
    const exported = settledTrial(await exportedTrial(record, snapshot, flags.trial));
    const { specification, trial } = exported;
    const rows = await withRows(this, file, flags.inputFormat, ({ path, format }) =>
      readUnseen(task, specification.task, { path, columns, ...(format === undefined ? {} : { format }) }),
    );
    const progress = progressOf(this);
    const predictions = await runMembers(exported, rows, progress);
    const { aggregate } = trial.evaluation;
    const foretold = unseenRecords(predictions, { aggregate, withMembers: flags.members });
    const responses = answers
      ? await answerRows(exported, rows, { most: flags.maxTokens ?? usualTokens, progress })
      : null;
    const records = foretold.map((record, row) => ({ ...record, ...responses?.[row] }));
    const format = flags.format ?? (flags.out === undefined ? null : tableFormatOf(flags.out)) ?? 'csv';
    const facts = { sweep: snapshot.name, trial: flags.trial };
    const table = tableOf({ columns: recordColumns(records), rows: records, facts });
    if (format === 'table') await writeOut(this, recordTable(records, outputWidth(this)), flags.out);
    else await writeOutInTurn(this, tableFile(table, format), flags.out);
    if (flags.out !== undefined)
      note(this, `Wrote ${formatCount(records.length, 'prediction')} of trial ${flags.trial} to ${flags.out}`);
  });
}

/** Whether a response is given to each row. @throws USAGE where flags ask for what the task has not */
function answersRows({ maxTokens, likelihoods }: PredictFlags, task: TaskDefinition): boolean {
  const flag = maxTokens === undefined ? (likelihoods ? '--likelihoods' : null) : '--max-tokens';
  const gives = taskOf(task).generation !== undefined;
  if (flag !== null && (!gives || (likelihoods && maxTokens !== undefined))) {
    throw new DropsweepError('USAGE', gives ? 'no responses are wanted of any length' : 'the task gives no responses', {
      where: flag,
      got: gives ? '--max-tokens and --likelihoods' : task.kind,
      expected: gives ? 'one of them' : 'a trial of a language model',
      fix: `leave out ${flag}`,
    });
  }
  return gives && !likelihoods;
}

interface RowsPlace {
  readonly path: string;
  readonly format?: string;
}

/** A file, or the standard input as a file of its own, which is taken away afterwards. */
async function withRows<Result>(
  { process }: CliContext,
  file: string | undefined,
  format: string | undefined,
  read: (place: RowsPlace) => Promise<Result>,
): Promise<Result> {
  if (file !== undefined && file !== '-') return read({ path: file, ...(format === undefined ? {} : { format }) });
  const folder = await mkdtemp(join(tmpdir(), 'dropsweep-predict-'));
  const path = join(folder, 'standard-input');
  try {
    await writeFile(path, await buffer(process.stdin), { mode: 0o600 });
    return await read({ path, format: format ?? 'jsonl' });
  } catch (error) {
    throw placedAs(error, path, 'standard input');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function columnsOf(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...column] = pair.split('=');
      if (name !== '' && column.join('=') !== '') return [name, column.join('=')];
      throw new DropsweepError('USAGE', 'a column is named by its task and its file', {
        where: '--column',
        got: pair,
        expected: 'NAME=COLUMN, such as text=sentence',
      });
    }),
  );
}

function demandFormat(format: string | undefined, formats: readonly { readonly name: string }[]): void {
  const names = [...new Set(formats.map(({ name }) => name))];
  if (format === undefined || names.includes(format)) return;
  throw new DropsweepError('USAGE', 'there is no such format of rows', {
    where: '--input-format',
    got: format,
    expected: `one of ${names.join(', ')}`,
  });
}
