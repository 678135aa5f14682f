import { evaluationHash, trainingHash } from '../../sweep/identity.ts';
import type { PlannedEvaluation, PlannedTraining } from '../../sweep/sweep-definition.ts';

/** A planned training, with its evaluations, under the names that it has with a trainer of that version. */
export function underVersion(planned: PlannedTraining, version: string): PlannedTraining {
  if (planned.specification.trainer_version === version) return planned;
  const specification = { ...planned.specification, trainer_version: version };
  const hash = trainingHash(specification);
  const named = ({ configuration, dataset }: PlannedEvaluation): PlannedEvaluation => ({
    evaluation_hash: evaluationHash(hash, configuration, dataset),
    configuration,
    dataset,
  });
  const { sets } = planned;
  return {
    ...planned,
    training_hash: hash,
    specification,
    evaluations: planned.evaluations.map(named),
    ...(sets === undefined ? {} : { sets: sets.map((set) => ({ ...set, evaluation: named(set.evaluation) })) }),
  };
}
