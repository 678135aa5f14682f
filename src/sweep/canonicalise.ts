import type { EvaluationRequest } from './sweep-definition.ts';
import type { EvaluationConfiguration, TrainingConfiguration } from './vocabulary.ts';

/**
 * The one spelling of a training configuration: without dropout, instances are all alike and 2p − p² = 0, so N = 1
 * and λ = 0; λ = 0 keeps nothing else from having its effect. Targets are a set.
 */
export function canonicaliseTraining(configuration: TrainingConfiguration): TrainingConfiguration {
  const targets = [...new Set(configuration.targets)].sort();
  return configuration.dropout_rate === 0
    ? { ...configuration, targets, dropout_rate: 0, sparsity: 0, train_instances: 1 }
    : { ...configuration, targets };
}

/**
 * The one spelling of an evaluation of a training. At rate 0 all modes are `raw`. Without masks there is one pass,
 * no mask seed, and nothing to aggregate; `raw` looks at no rate. One member's logits and probabilities say the same.
 * @param trainingRate the rate of the training, for requests that name none
 */
export function canonicaliseEvaluation(request: EvaluationRequest, trainingRate: number): EvaluationConfiguration {
  const rate = request.dropout_rate ?? trainingRate;
  const mode = rate === 0 ? 'raw' : request.mode;
  const { split } = request;
  if (mode !== 'ensemble') {
    return {
      split,
      mode,
      dropout_rate: mode === 'raw' ? 0 : rate,
      ensemble_size: 1,
      mask_seed: 0,
      aggregate: 'logits',
    };
  }
  return {
    split,
    mode,
    dropout_rate: rate,
    ensemble_size: request.ensemble_size,
    mask_seed: request.mask_seed,
    aggregate: request.ensemble_size === 1 ? 'logits' : request.aggregate,
  };
}
