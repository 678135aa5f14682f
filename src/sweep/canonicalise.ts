import { dropsElements, elementRates } from './element-dropout.ts';
import type { FieldValue, TrainingField } from './fields/training-field.ts';
import { defaultGapRows } from './gap-rows.ts';
import type { EvaluationRequest, WrittenTraining } from './sweep-definition.ts';
import { configurationOf, defaultOf, fieldsWith, trainingFields } from './training-fields.ts';
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

/**
 * The `training` section of a sweep, of which fields of the space are not known yet: defaults are filled in, sets have
 * one order, and what has no effect stays as it is.
 * @param axes fields that the space has
 */
export function canonicaliseWritten(
  training: WrittenTraining,
  axes: readonly string[],
): Partial<TrainingConfiguration> {
  const values = new Map<string, FieldValue | undefined>(Object.entries(training));
  return configurationOf(
    trainingFields
      .filter(({ name }) => !axes.includes(name))
      .map((field) => {
        const fallback = typeof field.default === 'function' ? undefined : field.default;
        const value = values.get(field.name) ?? fallback;
        // By its own value alone: what else decides may be an axis.
        const alone = configurationOf([[field.name, value]]) as TrainingConfiguration;
        const isIdle = fallback === undefined && field.noEffect?.when(alone) === true;
        return [field.name, value === undefined || isIdle ? undefined : (field.canonical?.(value) ?? value)] as const;
      }),
  );
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
  training: Pick<TrainingConfiguration, 'dropout_rate' | 'lora_dropout' | 'hidden_dropout' | 'mask_scaling'>,
): EvaluationConfiguration {
  const rate = request.dropout_rate ?? training.dropout_rate;
  const masked = rate > 0 || (request.mode === 'ensemble' && dropsElements(elementRates(training)));
  // Of masks that are made up for, the expected update is the update.
  const isRaw = !masked || (request.mode === 'expected' && training.mask_scaling === 'inverse');
  const mode = isRaw ? 'raw' : request.mode;
  const { split, gap_rows: rows } = request;
  const gapRows = rows === undefined || rows === defaultGapRows ? {} : { gap_rows: rows };
  if (mode !== 'ensemble') {
    return {
      split,
      mode,
      dropout_rate: mode === 'raw' ? 0 : rate,
      ensemble_size: 1,
      mask_seed: 0,
      aggregate: 'logits',
      ...gapRows,
    };
  }
  return {
    split,
    mode,
    dropout_rate: rate,
    ensemble_size: request.ensemble_size,
    mask_seed: request.mask_seed,
    aggregate: request.ensemble_size === 1 ? 'logits' : request.aggregate,
    ...gapRows,
  };
}
