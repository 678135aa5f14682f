import { isScalar, isSeq } from 'yaml';
import { type AxisValue, type FieldForm, seedForm } from './fields/field-forms.ts';
import type { AxisField } from './file/read-conditions.ts';
import type { Field, YamlSection } from './file/yaml-section.ts';
import type { NumberRule } from './file/number-rules.ts';

/** Names that axes, constants and metrics of a program's sweep may have: words in constraints and in `{braces}`. */
const namePattern = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const nameExpected = 'letters, digits and underscores, at most 64, beginning with a letter';

const anyNumber: NumberRule = { expected: 'a number', whole: false, accepts: (value) => Number.isFinite(value) };

/** A field that a program's sweep makes up: numbers and texts, as an axis or fixed. */
const freeForm: FieldForm = {
  expected: 'numbers or texts',
  read: (section, field) => readConstant(section, field),
  axis: { read: (section, item) => readScalar(section, item), valueOf: (value) => value, range: anyNumber },
};

/** Of any name; `seed` means in every sweep what it means in one. */
export function freeField(name: string): AxisField {
  return { name, form: name === 'seed' ? seedForm() : freeForm };
}

/** The fields that a mapping of the file names, each once. A name that cannot be used is reported. */
export function freeFields(section: YamlSection): readonly AxisField[] {
  return section.keys().flatMap((name): readonly AxisField[] => {
    if (namePattern.test(name)) return [freeField(name)];
    const field = section.field(name);
    if (field !== null) section.reading.report(field.node, field.name, `is no name; expected ${nameExpected}`);
    return [];
  });
}

function readScalar(section: YamlSection, item: Field): AxisValue | null {
  const value = isScalar(item.node) ? item.node.value : null;
  if (typeof value === 'number') return section.numberOf(item, anyNumber);
  if (typeof value === 'string') return section.textOf(item);
  section.wrong(item, typeof value === 'boolean' ? 'numbers or texts, such as 0 and 1' : 'a number or a text');
  return null;
}

type Constant = number | string | boolean | readonly number[] | readonly string[];

/** A fixed value: a number, a text, true or false, or a list of numbers or of texts. */
export function readConstant(section: YamlSection, field: Field): Constant | undefined {
  if (isScalar(field.node) && typeof field.node.value === 'boolean') return field.node.value;
  if (!isSeq(field.node)) return readScalar(section, field) ?? undefined;
  const items = section.items(field).map((item) => readScalar(section, item));
  const numbers = items.filter((item) => typeof item === 'number');
  if (numbers.length === items.length) return numbers;
  return items.map(String);
}
