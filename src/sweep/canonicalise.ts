import { adapterDefaults, adapterFieldNames, type AdapterFields } from './adapter-fields.ts';
import type { EvaluationRequest } from './sweep-definition.ts';
import type { EvaluationConfiguration, TrainingConfiguration } from './vocabulary.ts';

/**
 * The one spelling of a training configuration: without dropout, instances are all alike and 2p − p² = 0, so N = 1
 * and λ = 0; λ = 0 keeps nothing else from having its effect. Targets and layers are sets, standard scaling is not
 * written down, nor a micro-batch of the whole batch, smoothing of 0, or the family's pooling, and of the fields that not every adapter has there are its own and no others.
 */
export function canonicaliseTraining(configuration: TrainingConfiguration): TrainingConfiguration {
  const { scaling, layers, micro_batch_size, label_smoothing, pooling, ...common } = configuration;
  for (const name of adapterFieldNames) Reflect.deleteProperty(common, name);
  return {
    ...common,
    ...adapterFields(configuration),
    ...(scaling === 'rank_stabilized' ? { scaling } : {}),
    ...(micro_batch_size !== undefined && micro_batch_size < common.batch_size ? { micro_batch_size } : {}),
    ...(label_smoothing !== undefined && label_smoothing > 0 ? { label_smoothing } : {}),
    ...(pooling === 'mean' ? { pooling } : {}),
    ...(layers === undefined ? {} : { layers: [...new Set(layers)].sort((a, b) => a - b) }),
    targets: [...new Set(configuration.targets)].sort(),
    ...(configuration.dropout_rate === 0 ? { dropout_rate: 0, sparsity: 0, train_instances: 1 } : {}),
  };
}

/** A target that is no less than the rank takes nothing away, so that how it would be done has no effect. */
function adapterFields(configuration: TrainingConfiguration): AdapterFields {
  const { adapter, rank, orthogonality } = configuration;
  const defaults = adapterDefaults[adapter](rank);
  const own = Object.keys(defaults).flatMap((field) => {
    const name = adapterFieldNames.find((known) => known === field);
    const value = name === undefined ? undefined : (configuration[name] ?? defaults[name]);
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  const fields: AdapterFields = Object.fromEntries(own);
  if (fields.target_rank === undefined || fields.target_rank < rank) return fields;
  return { ...defaults, ...(orthogonality === undefined ? {} : { orthogonality }), target_rank: rank };
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
