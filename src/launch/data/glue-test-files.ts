import type { Progress } from '../../base/progress.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { filesOfSplit } from '../../data/benchmarks/glue-tables.ts';
import { fetchDataset } from '../../hub/fetch-dataset.ts';
import { type GlueSubmission, glueTasks, hubSplit } from '../../sweep/glue-tasks.ts';
import type { GlueSource, Places } from '../../sweep/sweep-definition.ts';
import { tableFormats } from '../../data/files/table-formats.ts';

interface Finding {
  readonly environment: NodeJS.ProcessEnv;
  readonly progress?: Progress;
}

/**
 * The files of the rows that a submission is for: in the task's folder, of a data set beside it (`AX`, `diagnostic`) in
 * that one's too; or the hub's. None where there is none.
 */
export async function glueTestFiles(
  source: GlueSource,
  submission: GlueSubmission,
  finding: Finding,
): Promise<readonly string[]> {
  const { folder, task } = source;
  const { rows, of } = submission;
  if (folder === undefined) return placesOf(await fetchTest(source, submission, finding));
  const folders = [folder, ...(of === undefined ? [] : [of, 'diagnostic'].map((beside) => join(folder, '..', beside)))];
  for (const place of folders.filter((each) => existsSync(each))) {
    // Test rows in the folder of another task are that task's own.
    const names = place === folder && of !== undefined && of !== task ? rows.filter((name) => name !== 'test') : rows;
    for (const name of names) {
      const files = filesOfSplit(place, name);
      if (files.length > 0) return files;
    }
  }
  return [];
}

async function fetchTest(
  { task, dataset = '', revision }: GlueSource,
  { rows, of }: Pick<GlueSubmission, 'rows' | 'of'>,
  finding: Finding,
): Promise<Places> {
  const split = hubSplit(rows.at(-1) ?? 'test');
  const { train } = await fetchDataset(
    {
      kind: 'hub',
      dataset,
      config: glueTasks[of ?? task].config,
      ...(revision === undefined ? {} : { revision }),
      columns: {},
      train: split,
      dev: { fraction: 0.5, stratify: false, seed: 0 },
    },
    { ...finding, formats: tableFormats },
  );
  return train;
}

function placesOf(places: Places): readonly string[] {
  return typeof places === 'string' ? [places] : places;
}
