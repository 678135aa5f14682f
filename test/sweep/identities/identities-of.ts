import { planSweep } from '../../support/whole-plan.ts';
import { bundleKey, engineShape } from '../../../src/sweep/packing.ts';
import { parseSweepFile } from '../../../src/sweep/file/parse-sweep-file.ts';
import { searchSections } from '../../../src/search/search-sections.ts';
import { taskSections } from '../../../src/tasks/tasks.ts';
import { resolvedInputs } from '../sweep-inputs.ts';
import { underVersion } from '../../../src/search/planning/under-version.ts';
import { programVersion } from '../../../src/sweep/trainer-version.ts';

/** Hashes in the order of the plan, the first twelve digits of each; of shapes and keys the distinct ones. */
export interface Identities {
  readonly sweep: string;
  readonly trainings: string;
  readonly evaluations: string;
  readonly engine_shapes: string;
  readonly bundle_keys: string;
}

/** All that a sweep file's trainings are known by to a trainer of that version, from its text to the hashes. */
export function identitiesOf(file: string, version: string): Identities {
  const definition = parseSweepFile(
    file,
    '/home/user/sweep.yaml',
    { isFile: () => true, isFolder: () => true },
    taskSections,
    searchSections,
  );
  const regression = definition.task.kind === 'text-regression';
  const plan = planSweep(
    definition,
    resolvedInputs({
      test: { hash: '9'.repeat(64), rows: 50 },
      ...(regression ? { task: { kind: 'regression', label_names: [] } } : {}),
    }),
  );
  const trainings = plan.trainings.map((training) =>
    training.specification.trainer_version === programVersion ? training : underVersion(training, version),
  );
  const specifications = trainings.map(({ specification }) => specification);
  return {
    sweep: plan.canonical_hash,
    trainings: beginnings(trainings.map(({ training_hash }) => training_hash)),
    evaluations: beginnings(trainings.flatMap(({ evaluations }) => evaluations.map((each) => each.evaluation_hash))),
    engine_shapes: beginnings([...new Set(specifications.map(engineShape))]),
    bundle_keys: beginnings([...new Set(specifications.map(bundleKey))]),
  };
}

function beginnings(hashes: readonly string[]): string {
  return hashes.map((hash) => hash.slice(0, 12)).join(' ');
}
