import { dropsElements, elementRates } from './element-dropout.ts';
import type { FieldValue, TrainingField } from './fields/training-field.ts';
import type { EvaluationRequest } from './sweep-definition.ts';
import { configurationOf, defaultOf, fieldsWith } from './training-fields.ts';
import type { EvaluationConfiguration, TrainingConfiguration } from './vocabulary.ts';

/**
 * The one spelling of a training configuration, from the records of its fields: defaults are filled in, a field that has
 * no effect has its default, or what its record says instead; sets have one order, and of the fields that not every
 * adapter has there are its own and no others.
 */
export function canonicaliseTraining(configuration: TrainingConfiguration): TrainingConfiguration {
  const fields = fieldsWith(configuration.adapter);
  const defaults = fields.map((field) => [field.name, defaultOf(field, configuration)] as const);
  const filled: TrainingConfiguration = { ...configurationOf(defaults), ...configuration };
  const values = new Map<string, FieldValue | undefined>(Object.entries(filled));
  return configurationOf(
    fields.map((field) => [field.name, written(field, values.get(field.name), filled)]),
  ) as TrainingConfiguration;
}

function written(
  field: TrainingField,
  value: FieldValue | undefined,
  configuration: TrainingConfiguration,
): FieldValue | undefined {
  const otherwise = defaultOf(field, configuration);
  const { noEffect } = field;
  if (noEffect?.when(configuration) === true) {
    return noEffect.instead === undefined ? otherwise : noEffect.instead(configuration);
  }
  if (field.unwritten === true && value === otherwise) return undefined;
  return field.canonical === undefined ? value : field.canonical(value);
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
