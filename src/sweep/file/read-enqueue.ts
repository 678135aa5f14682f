import { isMap } from 'yaml';
import type { Json } from '../../base/canonical-json.ts';
import { conditionWords, missedCondition, offAxis } from '../space-membership.ts';
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

/** One point of a space: a value for each axis that is there for it, but `seed`. */
export function readPoint(
  point: YamlSection,
  { space, scales, axes }: EnqueueSpace,
  fields: readonly AxisField[] = trainingFields,
): Readonly<Record<string, Json>> {
  const values: Record<string, Json> = {};
  const given = new Map<string, Field | null>();
  for (const { name, alias, form } of fields) {
    const known = space[name];
    if (known === undefined || name === 'seed') continue;
    const field = point.field(name, alias);
    given.set(name, field);
    const value = field === null ? null : (form.axis?.read(point, field) ?? null);
    if (field === null || value === null) continue;
    const { step, zero_or: zero = false } = axes[name] ?? {};
    const axis = { values: known, scale: scales[name] ?? null, zero, ...(step === undefined ? {} : { step }) };
    const expected = offAxis(axis, value);
    if (expected !== null) point.wrong(field, expected);
    values[name] = value;
  }
  // Of a value that could not be read it is not known what it would be a condition for.
  const isRead = [...given].every(([name, field]) => field === null || name in values);
  for (const [name, field] of given)
    if (isRead || axes[name]?.when === undefined) checkIsThere(point, name, field, { values, axes });
  point.finish();
  return values;
}

/** An axis has a value where it is there, and none where it is not. */
function checkIsThere(
  point: YamlSection,
  name: string,
  field: Field | null,
  { values, axes }: Pick<EnqueueSpace, 'axes'> & { readonly values: Readonly<Record<string, Json>> },
): void {
  const { when } = axes[name] ?? {};
  const isThere = missedCondition(name, (axis) => axes[axis]?.when, values) === null;
  if (field === null && isThere)
    point.missing(
      name,
      when === undefined
        ? 'a value for each axis of the space'
        : `a value, since it is there when {${conditionWords(when)}}`,
    );
  if (field !== null && !isThere && when !== undefined)
    point.reading.report(
      field.node,
      field.name,
      `is there when {${conditionWords(when)}} alone, which the point is not; leave it out`,
    );
}
