import type { FieldValue } from '../fields/training-field.ts';
import { configurationOf, trainingDefaults, trainingFields } from '../training-fields.ts';
import type { TrainingConfiguration } from '../vocabulary.ts';
import type { YamlSection } from './yaml-section.ts';

/**
 * The `training` section: fixed values of what is no axis, with defaults.
 * @param axes fields that the space has as axes of every point, which may not be fixed too; one that is there for some
 *   points alone may, for the others
 */
export function readTraining(file: YamlSection, axes: readonly string[]): TrainingConfiguration {
  const section = file.section('training');
  if (section === null) return trainingDefaults;
  const given: [string, FieldValue][] = [];
  for (const { name, alias, form, unwritten, default: otherwise } of trainingFields) {
    const field = section.field(name, alias);
    if (field === null) continue;
    if (axes.includes(name)) {
      section.reading.report(field.node, field.name, `${name} is an axis of the space; keep it in one place`);
    }
    const value = form.read(section, field);
    if (value !== undefined && !(unwritten === true && value === otherwise)) given.push([name, value]);
  }
  section.finish();
  return { ...trainingDefaults, ...configurationOf(given) };
}
