import { isMap, isSeq } from 'yaml';
import type { Field, NumberRule, YamlSection } from './yaml-section.ts';
import type { AxisValue } from './fields/field-forms.ts';
import { wholeFrom } from './number-rules.ts';
import { trainingFields } from './training-fields.ts';

export interface SpaceReading {
  readonly space: Readonly<Record<string, readonly AxisValue[]>>;
  readonly scales: Readonly<Record<string, 'linear' | 'log'>>;
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
  if (section === null) return { space, scales, ensembleSizes: [] };
  for (const { name, alias, form } of inOrderOfPoints) {
    const { axis } = form;
    const field = axis === null ? null : section.field(name, alias);
    if (axis === null || field === null) continue;
    if (isMap(field.node) && axis.range !== null) {
      const range = readRange(section, field, axis.range, ranges);
      if (range === null) continue;
      space[name] = [range.min, range.max];
      scales[name] = range.scale;
    } else {
      space[name] = section.list(field, (item) => axis.read(section, item));
    }
  }
  const sizes = section.field('ensemble_size', 'M');
  const ensembleSizes = sizes === null ? [] : section.list(sizes, (item) => section.numberOf(item, wholeFrom(1)));
  section.finish();
  return { space, scales, ensembleSizes };
}

function readRange(
  section: YamlSection,
  field: Field,
  rule: NumberRule,
  ranges: boolean,
): { min: number; max: number; scale: 'linear' | 'log' } | null {
  if (!ranges || isSeq(field.node)) {
    section.wrong(field, 'a list of values; ranges are for search: {kind: random}');
    return null;
  }
  const parent = section.section(field.name.slice(section.path.length + 1));
  if (parent === null) return null;
  const min = parent.number('min', rule);
  const max = parent.number('max', rule);
  const scale = parent.choice('scale', ['linear', 'log']) ?? 'linear';
  if (!parent.has('min')) parent.missing('min', rule.expected);
  if (!parent.has('max')) parent.missing('max', rule.expected);
  parent.finish();
  if (min === null || max === null) return null;
  if (min >= max) parent.reading.report(parent.node, parent.path, `min ${min} is not below max ${max}`);
  if (scale === 'log' && min <= 0) parent.reading.report(parent.node, parent.path, 'a log scale needs a min above 0');
  return { min, max, scale };
}
