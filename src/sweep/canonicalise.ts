import { adapterDefaults, adapterFieldNames, type AdapterFields } from './adapter-fields.ts';
import { dropsAnything, dropsElements, elementRates } from './element-dropout.ts';
import type { EvaluationRequest } from './sweep-definition.ts';
import type { EvaluationConfiguration, TrainingConfiguration } from './vocabulary.ts';

/**
 * The one spelling of a training configuration: at p = 0, 2p − p² = 0, so λ = 0, and without element-wise dropout either
 * instances are all alike, so N = 1; λ = 0 keeps nothing else from having its effect. Targets and layers are sets,
 * standard scaling is not written down, nor a micro-batch of the whole batch, smoothing or element-wise dropout of 0, or
 * the family's pooling, and of the fields that not every adapter has there are its own and no others.
 */
export function canonicaliseTraining(configuration: TrainingConfiguration): TrainingConfiguration {
  const { scaling, layers, micro_batch_size, label_smoothing, pooling, ...others } = configuration;
  const { lora_dropout, hidden_dropout, ...common } = others;
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
    ...(lora_dropout !== undefined && lora_dropout > 0 ? { lora_dropout } : {}),
    ...(hidden_dropout !== undefined && hidden_dropout > 0 ? { hidden_dropout } : {}),
    ...(configuration.dropout_rate === 0 ? { dropout_rate: 0, sparsity: 0 } : {}),
    ...(dropsAnything(configuration) ? {} : { train_instances: 1 }),
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
 * The one spelling of an evaluation of a training. At rate 0 all modes are `raw`, but for an ensemble of a training that
 * drops elements: its members drop these. Without masks there is one pass, no mask seed, and nothing to aggregate; `raw`
 * looks at no rate. One member's logits and probabilities say the same.
 * @param training its rate is for requests that name none
 */
export function canonicaliseEvaluation(
  request: EvaluationRequest,
  training: Pick<TrainingConfiguration, 'dropout_rate' | 'lora_dropout' | 'hidden_dropout'>,
): EvaluationConfiguration {
  const rate = request.dropout_rate ?? training.dropout_rate;
  const masked = rate > 0 || (request.mode === 'ensemble' && dropsElements(elementRates(training)));
  const mode = masked ? request.mode : 'raw';
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
