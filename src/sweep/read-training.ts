import { trainingDefaults, trainingFields } from './training-fields.ts';
import type { TrainingConfiguration } from './vocabulary.ts';
import type { YamlSection } from './yaml-section.ts';

/**
 * The `training` section: fixed values of what is no axis, with defaults.
 * @param axes fields that the space has as axes, which may not be fixed too
 */
export function readTraining(file: YamlSection, axes: readonly string[]): TrainingConfiguration {
  const section = file.section('training');
  if (section === null) return trainingDefaults;
  const numbers: Partial<Record<(typeof trainingFields)[number]['name'], number | null>> = {};
  for (const { name, alias, rule } of trainingFields) {
    const field = section.field(name, alias);
    if (field === null) continue;
    if (axes.includes(name)) {
      section.reading.report(field.node, field.name, `${name} is an axis of the space; keep it in one place`);
    }
    if (name === 'clip_norm' && String(field.node) === 'none') {
      numbers[name] = null;
      continue;
    }
    const value = section.numberOf(field, rule);
    if (value !== null) numbers[name] = value;
  }
  const adapter = section.choice('adapter', ['lora']) ?? trainingDefaults.adapter;
  const precision = section.choice('base_precision', ['float32']) ?? trainingDefaults.base_precision;
  const keep = section.choice('keep', ['last']) ?? trainingDefaults.keep;
  const decayBiases = section.flag('decay_biases') ?? trainingDefaults.decay_biases;
  const targetsField = section.field('targets');
  const targets =
    targetsField === null ? trainingDefaults.targets : section.list(targetsField, (item) => section.textOf(item));
  section.finish();
  const { clip_norm: clipNorm = trainingDefaults.clip_norm, ...others } = numbers;
  const given = Object.fromEntries(Object.entries(others).filter((entry) => typeof entry[1] === 'number'));
  return {
    ...trainingDefaults,
    ...given,
    adapter,
    base_precision: precision,
    keep,
    decay_biases: decayBiases,
    targets,
    clip_norm: clipNorm,
  };
}
