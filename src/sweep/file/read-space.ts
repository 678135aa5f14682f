import { readAxis } from './read-axis.ts';
import { readConditions } from './read-conditions.ts';
import type { AxisDetail } from '../sweep-definition.ts';
import type { Field, YamlSection } from './yaml-section.ts';
import type { AxisValue } from '../fields/field-forms.ts';
import { wholeFrom } from './number-rules.ts';
import { trainingFields } from '../training-fields.ts';

export interface SpaceReading {
  readonly space: Readonly<Record<string, readonly AxisValue[]>>;
  readonly scales: Readonly<Record<string, 'linear' | 'log'>>;
  readonly axes: Readonly<Record<string, AxisDetail>>;
  /** M's values; empty where the file names none. */
  readonly ensembleSizes: readonly number[];
}

/** Axes of numbers before those of names: what the numbers of trials have followed since the first version. */
const inOrderOfPoints = [
  ...trainingFields.filter(({ form }) => form.axis !== null && form.axis.range !== null),
  ...trainingFields.filter(({ form }) => form.axis !== null && form.axis.range === null),
];

/**
 * The `space` section: for each axis a list of values, or for a random search a range {min, max, scale}.
 * @param ranges whether the search draws from ranges
 */
export function readSpace(file: YamlSection, ranges: boolean): SpaceReading {
  const section = file.section('space');
  const space: Record<string, readonly AxisValue[]> = {};
  const scales: Record<string, 'linear' | 'log'> = {};
  const axes: Record<string, AxisDetail> = {};
  const conditional: { name: string; field: Field; section: YamlSection }[] = [];
  if (section === null) return { space, scales, axes, ensembleSizes: [] };
  for (const { name, alias, form } of inOrderOfPoints) {
    const { axis } = form;
    const field = axis === null ? null : section.field(name, alias);
    if (axis === null || field === null) continue;
    const reading = readAxis(section, field, axis, ranges);
    if (reading === null) continue;
    space[name] = reading.values;
    if (reading.scale !== undefined) scales[name] = reading.scale;
    if (reading.detail !== undefined) axes[name] = reading.detail;
    if (reading.when !== undefined) conditional.push({ name, ...reading.when });
  }
  for (const [name, when] of Object.entries(readConditions(conditional, space, scales)))
    axes[name] = { ...axes[name], when };
  const sizes = section.field('ensemble_size', 'M');
  const ensembleSizes = sizes === null ? [] : section.list(sizes, (item) => section.numberOf(item, wholeFrom(1)));
  section.finish();
  return { space, scales, axes, ensembleSizes };
}
