import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { namedBase } from '../../src/launch/base/base-here.ts';
import { prepareSweep } from '../../src/launch/prepare-sweep.ts';
import { bundleKey, engineShape } from '../../src/sweep/packing.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { underVersion } from '../../src/search/planning/under-version.ts';
import { programVersion } from '../../src/sweep/trainer-version.ts';

/** All that a sweep over a task is known by in a database. */
export interface Identities {
  readonly sweep: string;
  readonly datasets: readonly string[];
  readonly trainings: readonly string[];
  readonly evaluations: readonly string[];
  readonly engine_shapes: readonly string[];
  readonly bundle_keys: readonly string[];
}

export interface SweepOfTask {
  readonly task: string;
  readonly files: Readonly<Record<string, string>>;
}

const there = { isFile: () => true, isFolder: () => true };

/** Plans a sweep of two trainings over the task for a trainer of that version, with files written anew. */
export async function identitiesOf({ task, files }: SweepOfTask, version: string): Promise<Identities> {
  const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-identities-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    const sweep = `name: s\nbase: some/model\ntask:\n${task}\nspace: {p: [0, 0.5], N: [2], M: [1, 4], seed: [3]}\n`;
    const definition = parseSweepFile(sweep, path.join(folder, 'sweep.yaml'), there, taskSections, searchSections);
    const { plan, datasets } = await prepareSweep(definition, async (reference) => namedBase(reference));
    const trainings = [...plan.trainings].map((training) =>
      training.specification.trainer_version === programVersion ? training : underVersion(training, version),
    );
    return {
      sweep: plan.canonical_hash,
      datasets: datasets.map(({ hash }) => hash),
      trainings: trainings.map(({ training_hash }) => training_hash),
      evaluations: trainings.flatMap(({ evaluations }) => evaluations.map((each) => each.evaluation_hash)),
      engine_shapes: trainings.map(({ specification }) => engineShape(specification)),
      bundle_keys: trainings.map(({ specification }) => bundleKey(specification)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
