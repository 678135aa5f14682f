import type { OutputColumn } from '../../src/cli/output/verb-output.ts';

/** What of these names is not documented, or documented and not there. */
export function differences(documented: readonly OutputColumn[], names: readonly string[]): readonly string[] {
  const patterns = documented.map(({ name }) => new RegExp(`^${name.replace(/<\w+>/, '.+')}$`));
  const literal = documented.filter(({ name }) => !name.includes('<')).map(({ name }) => name);
  return [
    ...names.filter((name) => !patterns.some((pattern) => pattern.test(name))).map((name) => `not told: ${name}`),
    ...literal.filter((name) => !names.includes(name)).map((name) => `not there: ${name}`),
  ];
}

const types: Readonly<Record<OutputColumn['type'], (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  object: (value) => typeof value === 'object' && !Array.isArray(value),
  array: Array.isArray,
  any: () => true,
};

export function wrongTypes(
  documented: readonly OutputColumn[],
  row: Readonly<Record<string, unknown>>,
): readonly string[] {
  return documented.flatMap(({ name, type, orNull }) => {
    if (name.includes('<') || !(name in row)) return [];
    const value = row[name];
    const fits = value === null ? orNull === true : types[type](value);
    return fits ? [] : [`${name} is ${JSON.stringify(value)}`];
  });
}
