import { formatCount } from '../../../base/format-count.ts';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DropsweepError } from '../../../base/errors.ts';
import { readUnlabelledGlue } from '../../../data/benchmarks/read-unlabelled-glue.ts';
import { glueSubmission } from '../../../export/predictions/glue-submission.ts';
import { unseenRecords } from '../../../export/predictions/prediction-records.ts';
import { glueTestFiles } from '../../../launch/data/glue-test-files.ts';
import type { OpenRecord } from '../../../launch/open-record.ts';
import type { SweepSnapshot } from '../../../store/views/sweep-snapshot.ts';
import { glueTasks } from '../../../sweep/glue-tasks.ts';
import type { GlueSource } from '../../../sweep/sweep-definition.ts';
import { freezeUnlabelled } from '../../../tasks/read-unseen.ts';
import { taskOf } from '../../../tasks/tasks.ts';
import { type CliContext, note, progressOf } from '../../cli-context.ts';
import { exportedTrial } from '../../reading/exported-trial.ts';
import { runMembers } from '../../output/run-members.ts';

interface SubmissionRequest {
  readonly trial: number;
  readonly source: GlueSource;
  readonly out: string | undefined;
}

/** Writes a trial's predictions for the test rows of its task of GLUE, as files that the benchmark's server takes. */
export async function exportSubmission(
  context: CliContext,
  record: OpenRecord,
  snapshot: SweepSnapshot,
  { trial, source, out }: SubmissionRequest,
): Promise<void> {
  if (out === undefined) {
    throw new DropsweepError('USAGE', 'a submission is a folder of files', {
      where: '--out',
      expected: '--predictions TRIAL --format glue --out FOLDER',
    });
  }
  const { definition } = snapshot;
  const exported = await exportedTrial(record, snapshot, trial);
  const { task: shape } = exported.specification;
  const { predicted = '' } = taskOf(shape).predictions;
  const written: string[] = [];
  const missing: string[] = [];
  for (const submission of glueTasks[source.task].submission) {
    const progress = progressOf(context);
    const files = await glueTestFiles(source, submission, { environment: process.env, progress });
    if (files.length === 0) {
      missing.push(`${submission.file}: no ${submission.rows.join(' or ')}`);
      continue;
    }
    const task = submission.of ?? source.task;
    const rows = await readUnlabelledGlue({ task }, files);
    const frozen = freezeUnlabelled(definition.task, shape, rows);
    const predictions = await runMembers(exported, frozen, progress);
    const { aggregate } = exported.trial.evaluation;
    const records = unseenRecords(predictions, { aggregate, withMembers: false });
    const submitted = rows.map(({ index }, row) => ({ index, prediction: records[row]?.[predicted] }));
    const text = glueSubmission(task, submission, submitted);
    await mkdir(out, { recursive: true });
    await writeFile(join(out, submission.file), text);
    written.push(`${submission.file} (${formatCount(rows.length, 'row')})`);
  }
  if (written.length === 0) throw noTestRows(source, missing);
  note(context, `Wrote trial ${trial}'s predictions to ${out}: ${written.join(', ')}`);
  for (const sentence of missing) note(context, `Left out, since there are no such rows: ${sentence}`);
}

function noTestRows({ folder = 'the hub' }: GlueSource, missing: readonly string[]): DropsweepError {
  return new DropsweepError('DATA_INVALID', 'the rows that GLUE’s server judges are not there', {
    where: folder,
    got: missing.join('; '),
    expected: 'the test files that GLUE publishes, beside the others',
    fix: 'put them there, or give other rows to dropsweep predict',
  });
}
