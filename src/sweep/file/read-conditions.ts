import { isMap } from 'yaml';
import type { AxisValue } from '../fields/field-forms.ts';
import { type Constraint, parseConstraint } from '../constraint.ts';
import { didYouMean } from './sweep-file-problems.ts';
import { type NamedTrainingField, trainingField, trainingFields } from '../training-fields.ts';
import { type Field, YamlSection } from './yaml-section.ts';

export type Conditions = Readonly<Record<string, readonly AxisValue[]>>;

/** A field as an axis may be named and read: the product's own, or one that a file of a program's sweep makes up. */
export type AxisField = Pick<NamedTrainingField, 'name' | 'alias' | 'form'>;

interface ConditionalAxis {
  readonly name: string;
  readonly field: Field;
  readonly section: YamlSection;
}

/**
 * The conditions under `when` of some axes: other axes, each with the values for which the axis is there. They have to
 * be lists of the space, and none may be there for itself, by whatever way round.
 */
export function readConditions(
  axes: readonly ConditionalAxis[],
  space: Readonly<Record<string, readonly AxisValue[]>>,
  scales: Readonly<Record<string, string>>,
  fields: readonly AxisField[] = trainingFields,
): Readonly<Record<string, Conditions>> {
  const read = axes.map(({ name, field, section }) => {
    const own = { name, field, section };
    return [name, readWhen(own, space, scales, fields)] as const;
  });
  const conditions = Object.fromEntries(read);
  for (const { name, field, section } of axes) {
    const way = circle(name, conditions);
    if (way !== null) section.reading.report(field.node, field.name, `is a circle: ${way.join(' for ')}`);
  }
  return conditions;
}

function readWhen(
  { name, field, section }: ConditionalAxis,
  space: Readonly<Record<string, readonly AxisValue[]>>,
  scales: Readonly<Record<string, string>>,
  fields: readonly AxisField[],
): Conditions {
  if (!isMap(field.node)) {
    section.wrong(field, 'axes with values, for instance {adapter: adalora}');
    return {};
  }
  const own = new YamlSection(section.reading, field.node, field.name);
  const conditions: Record<string, readonly AxisValue[]> = {};
  for (const word of own.keys()) {
    const known = fields.find((each) => each.name === word || each.alias === word);
    const of = own.field(word);
    const lists = Object.keys(space).filter((axis) => scales[axis] === undefined && axis !== 'seed' && axis !== name);
    if (of === null) continue;
    if (known === undefined || !lists.includes(known.name)) {
      own.reading.report(
        of.node,
        of.name,
        `is no list of the space${didYouMean(word, lists) || `; lists are ${lists.join(', ') || 'none'}`}`,
      );
      continue;
    }
    const values = space[known.name] ?? [];
    conditions[known.name] = own.list(of, (item) => {
      const value = known.form.axis?.read(own, item) ?? null;
      if (value === null || values.includes(value)) return value;
      own.wrong(item, `one of ${known.name}'s values in the space: ${values.join(', ')}`);
      return null;
    });
  }
  own.finish();
  return conditions;
}

/** The way from an axis to itself; null: there is none. */
function circle(name: string, conditions: Readonly<Record<string, Conditions>>): readonly string[] | null {
  const follow = (at: string, way: readonly string[]): readonly string[] | null => {
    for (const next of Object.keys(conditions[at] ?? {})) {
      if (next === name) return [...way, next];
      if (way.includes(next)) continue;
      const found = follow(next, [...way, next]);
      if (found !== null) return found;
    }
    return null;
  };
  return follow(name, [name]);
}

/**
 * `constraints: [rank * train_instances <= 32]`: what points of the space have to fulfil.
 * @param texts fields that may be other than numbers, though their form takes these: a comparison would pass over them
 */
export function readConstraints(
  file: YamlSection,
  fields: readonly AxisField[] = trainingFields,
  texts: readonly string[] = [],
): readonly string[] {
  const field = file.has('constraints') ? file.field('constraints') : null;
  if (field === null) return [];
  return file.list(field, (item) => {
    const text = file.textOf(item);
    if (text === null) return null;
    const constraint = parseConstraint(text);
    if (typeof constraint === 'string') {
      file.reading.report(item.node, item.name, `is no constraint: ${constraint}; for instance rank * N <= 32`);
      return null;
    }
    return namesNumbers(file, item, constraint, fields, texts) ? text : null;
  });
}

function namesNumbers(
  file: YamlSection,
  item: Field,
  { names }: Constraint,
  fields: readonly AxisField[],
  texts: readonly string[],
): boolean {
  const numbers = fields.filter(({ form }) => form.axis !== null && form.axis.range !== null);
  const known = numbers.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]));
  const unknown = names.find((name) => !known.includes(name));
  const text = names.find((name) => texts.includes(name));
  if (text !== undefined) {
    file.reading.report(
      item.node,
      item.name,
      `${text} has texts, which no constraint can compare; give it numbers alone`,
    );
    return false;
  }
  if (unknown === undefined) return true;
  file.reading.report(item.node, item.name, `${unknown} is no field with numbers${didYouMean(unknown, known)}`);
  return false;
}

/** The field that a name of a constraint means. */
export function fieldNamed(nameOrAlias: string): string {
  return (
    trainingFields.find(({ alias }) => alias === nameOrAlias)?.name ?? trainingField(nameOrAlias)?.name ?? nameOrAlias
  );
}
