import { isMap } from 'yaml';
import type { Json } from '../../base/canonical-json.ts';
import type { AxisValue } from '../fields/field-forms.ts';
import type { SpaceReading } from './read-space.ts';
import type { AxisField } from './read-conditions.ts';
import { trainingFields } from '../training-fields.ts';
import { type Field, YamlSection } from './yaml-section.ts';

type EnqueueSpace = Pick<SpaceReading, 'space' | 'scales' | 'axes'>;

/**
 * `enqueue` of the search: points that are tried before the sampler's own, each a mapping of the space's axes, `seed`
 * left out. Empty: none, or a problem, which is reported.
 */
export function readEnqueue(
  file: YamlSection,
  reading: EnqueueSpace,
  fields: readonly AxisField[] = trainingFields,
): readonly Readonly<Record<string, Json>>[] {
  const search = file.field('search');
  if (search === null || !isMap(search.node)) return [];
  const section = new YamlSection(file.reading, search.node, search.name);
  const field = section.has('enqueue') ? section.field('enqueue') : null;
  if (field === null) return [];
  return section.items(field).flatMap((item) => {
    if (isMap(item.node)) return [readPoint(new YamlSection(file.reading, item.node, item.name), reading, fields)];
    section.wrong(item, 'a point, for instance {p: 0.1, learning_rate: 1e-3}');
    return [];
  });
}

/** One point of a space: a value for each axis but `seed`. */
export function readPoint(
  point: YamlSection,
  { space, scales, axes }: EnqueueSpace,
  fields: readonly AxisField[] = trainingFields,
): Readonly<Record<string, Json>> {
  const values: Record<string, Json> = {};
  for (const { name, alias, form } of fields) {
    const known = space[name];
    if (known === undefined || name === 'seed') continue;
    const field = point.field(name, alias);
    const isConditional = axes[name]?.when !== undefined;
    if (field === null && !isConditional) point.missing(name, 'a value for each axis of the space');
    const value = field === null ? null : (form.axis?.read(point, field) ?? null);
    if (field === null || value === null) continue;
    const ends = scales[name] === undefined ? null : known;
    checkInside(point, field, value, { values: known, ends, zero: axes[name]?.zero_or === true });
    values[name] = value;
  }
  point.finish();
  return values;
}

interface Inside {
  readonly values: readonly AxisValue[];
  /** Of a range: its two ends. */
  readonly ends: readonly AxisValue[] | null;
  readonly zero: boolean;
}

function checkInside(point: YamlSection, field: Field, value: AxisValue, { values, ends, zero }: Inside): void {
  if (ends === null) {
    if (!values.includes(value)) point.wrong(field, `one of the axis's values in the space: ${values.join(', ')}`);
    return;
  }
  const [low, high] = ends.map(Number);
  const inRange = typeof value === 'number' && low !== undefined && high !== undefined && value >= low && value <= high;
  if (!inRange && !(zero && value === 0)) point.wrong(field, `a number of the axis's range, ${low} to ${high}`);
}
