import { targetPattern } from './target-pattern.ts';
import { choiceFields, trainingDefaults, trainingFields, wholeFrom } from './training-fields.ts';
import type { TrainingConfiguration } from './vocabulary.ts';
import type { Field, YamlSection } from './yaml-section.ts';

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
    if (axes.includes(name)) reportAxis(section, field, name);
    if (name === 'clip_norm' && String(field.node) === 'none') {
      numbers[name] = null;
      continue;
    }
    const value = section.numberOf(field, rule);
    if (value !== null) numbers[name] = value;
  }
  for (const name of Object.keys(choiceFields)) {
    const field = axes.includes(name) ? section.field(name) : null;
    if (field !== null) reportAxis(section, field, name);
  }
  const adapter = section.choice('adapter', choiceFields.adapter) ?? trainingDefaults.adapter;
  const scaling = section.choice('scaling', choiceFields.scaling);
  const pooling = section.choice('pooling', choiceFields.pooling);
  const precision = section.choice('base_precision', choiceFields.base_precision) ?? trainingDefaults.base_precision;
  const keep = section.choice('keep', ['last']) ?? trainingDefaults.keep;
  const decayBiases = section.flag('decay_biases') ?? trainingDefaults.decay_biases;
  const targetsField = section.field('targets');
  const targets =
    targetsField === null ? trainingDefaults.targets : section.list(targetsField, (item) => readTarget(section, item));
  const layersField = section.field('layers');
  const layers = layersField && section.list(layersField, (item) => section.numberOf(item, wholeFrom(0)));
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
    ...(scaling === 'rank_stabilized' ? { scaling } : {}),
    ...(pooling === 'mean' ? { pooling } : {}),
    ...(layers === null ? {} : { layers }),
  };
}

function reportAxis(section: YamlSection, field: Field, name: string): void {
  section.reading.report(field.node, field.name, `${name} is an axis of the space; keep it in one place`);
}

function readTarget(section: YamlSection, item: Field): string | null {
  const target = section.textOf(item);
  try {
    if (target !== null) targetPattern(target);
  } catch (error) {
    section.wrong(
      item,
      `a regular expression between slashes (${error instanceof Error ? error.message : 'it is none'})`,
    );
  }
  return target;
}
