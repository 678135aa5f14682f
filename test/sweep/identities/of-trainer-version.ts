import { evaluationHash, trainingHash } from '../../../src/sweep/identity.ts';
import type { PlannedTraining } from '../../../src/sweep/sweep-definition.ts';
import { programVersion } from '../../../src/sweep/trainer-version.ts';
import type { TrainingSpecification } from '../../../src/sweep/vocabulary.ts';

/** A planned training under the names that it has with a trainer of another version. */
export interface NamedTraining {
  readonly specification: TrainingSpecification;
  readonly training: string;
  readonly evaluations: readonly string[];
}

export function ofTrainerVersion(trainings: readonly PlannedTraining[], version: string): readonly NamedTraining[] {
  return trainings.map(({ specification: planned, evaluations }) => {
    const specification =
      planned.trainer_version === programVersion ? planned : { ...planned, trainer_version: version };
    const training = trainingHash(specification);
    return {
      specification,
      training,
      evaluations: evaluations.map(({ configuration, dataset }) => evaluationHash(training, configuration, dataset)),
    };
  });
}
