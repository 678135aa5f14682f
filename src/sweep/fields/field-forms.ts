import { isScalar } from 'yaml';
import { namedSeeds } from '../file/named-seeds.ts';
import { seedRule, type NumberRule } from '../file/number-rules.ts';
import type { Field, YamlSection } from '../file/yaml-section.ts';
import type { FieldValue } from './training-field.ts';

export type AxisValue = number | string;

/** How a field is an axis of the space. */
interface AxisForm {
  /** One value of the axis as it stands in the list; null where it is none, which is reported. */
  read(section: YamlSection, item: Field): AxisValue | null;
  /** The field's value that an axis' value stands for. */
  valueOf(axisValue: AxisValue): FieldValue;
  /** For a random search: between which numbers it may be drawn; null: only from a list. */
  readonly range: NumberRule | null;
  /**
   * Its values are repeats of each point, and none is searched for. So many of a name, always the same, and the first of a
   * longer list of it. Absent: it is searched.
   */
  readonly drawn?: (name: string, count: number) => readonly number[];
}

/** The form of a field's values: in words, as a fixed value of a sweep file, and as an axis. */
export interface FieldForm {
  readonly expected: string;
  /** Undefined where it is none, which is reported. */
  read(section: YamlSection, field: Field): FieldValue | undefined;
  /** Null: never an axis. */
  readonly axis: AxisForm | null;
}

const itself = (value: AxisValue): FieldValue => value;

export function numberForm(rule: NumberRule): FieldForm {
  return {
    expected: rule.expected,
    read: (section, field) => section.numberOf(field, rule) ?? undefined,
    axis: { read: (section, item) => section.numberOf(item, rule), valueOf: itself, range: rule },
  };
}

/** A seed: as an axis a list, or so many that are drawn by a name; each point is trained with each of them. */
export function seedForm(): FieldForm {
  const form = numberForm(seedRule);
  return { ...form, axis: form.axis && { ...form.axis, drawn: namedSeeds } };
}

/** A number, or the word `none`: null. */
export function numberOrNoneForm(rule: NumberRule): FieldForm {
  const orNone = { ...rule, expected: `${rule.expected}, or none` };
  const isNone = (field: Field): boolean => isScalar(field.node) && field.node.value === 'none';
  return {
    expected: orNone.expected,
    read: (section, field) => (isNone(field) ? null : (section.numberOf(field, orNone) ?? undefined)),
    axis: {
      read: (section, item) => (isNone(item) ? 'none' : section.numberOf(item, orNone)),
      valueOf: (value) => (value === 'none' ? null : value),
      range: orNone,
    },
  };
}

/** A number, or a word that stands for one. */
export function numberOrWordForm(rule: NumberRule, word: string): FieldForm {
  const orWord = { ...rule, expected: `${word}, or ${rule.expected}` };
  const read = (section: YamlSection, field: Field): AxisValue | null =>
    isScalar(field.node) && field.node.value === word ? word : section.numberOf(field, orWord);
  return { expected: orWord.expected, read: (section, field) => read(section, field) ?? undefined, axis: null };
}

export function choiceForm(choices: readonly string[]): FieldForm {
  return {
    expected: choices.join(', '),
    read: (section, field) => section.choiceOf(field, choices) ?? undefined,
    axis: { read: (section, item) => section.choiceOf(item, choices), valueOf: itself, range: null },
  };
}

export function textForm(expected: string): FieldForm {
  return { expected, read: (section, field) => section.textOf(field) ?? undefined, axis: null };
}

export const flagForm: FieldForm = {
  expected: 'true or false',
  read: (section, field) => section.flagOf(field) ?? undefined,
  axis: null,
};

/** A list, or one of its items alone. */
export function listForm<Item extends number | string>(
  expected: string,
  read: (section: YamlSection, item: Field) => Item | null,
): FieldForm {
  const list = (section: YamlSection, field: Field): FieldValue => {
    const items: readonly (number | string)[] = section.list(field, (item) => read(section, item));
    const numbers = items.filter((item) => typeof item === 'number');
    return numbers.length === items.length ? numbers : items.map(String);
  };
  return { expected, read: list, axis: null };
}
