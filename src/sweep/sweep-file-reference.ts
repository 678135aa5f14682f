import { fieldGroups, type NamedTrainingField } from './training-fields.ts';

/** The whole of docs/sweep-file.md, from the records of fields. */
export function sweepFileReference(): string {
  return `# The sweep file, field by field

An example with the sections of a file stands in the [README](../README.md#the-sweep-file), whole files in
[examples](../examples). This page is written from the records of \`src/sweep/fields\` by \`npm run docs:sweep-file\`.

## training and space

Each field may be fixed in \`training\`, or, where the table has it as an axis, given a list of values in \`space\` (a range
\`{min, max, scale: linear | log}\` where it is a number and the search random). Points that differ only in what has no
effect are one training.

${fieldGroups.map(({ title, fields }) => `### ${title}\n\n${table(fields)}`).join('\n')}`;
}

function table(fields: readonly NamedTrainingField[]): string {
  const rows = fields.map((field) => [
    `\`${field.name}\`${field.alias === undefined ? '' : `, \`${field.alias}\``}`,
    field.form.expected,
    defaultText(field),
    field.form.axis === null ? '' : 'yes',
    sentences(field),
  ]);
  const head = ['field', 'value', 'default', 'axis', 'what it is'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escaped).join(' | ')} |\n`).join('');
}

/** A bar would end the cell. */
function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|');
}

function defaultText({ default: value, defaultWords }: NamedTrainingField): string {
  if (defaultWords !== undefined || typeof value === 'function' || value === undefined) return defaultWords ?? '';
  if (value === null) return 'none';
  return typeof value === 'object' ? value.join(', ') : String(value);
}

function sentences({ sentence, noEffect, shapes }: NamedTrainingField): string {
  const compiled = shapes === undefined || shapes.part === 'passes';
  return [
    sentence,
    ...(noEffect === undefined ? [] : [`No effect ${noEffect.words}`]),
    ...(compiled
      ? []
      : [shapes.by === 'value' ? 'Each value compiles a graph' : 'Whether there is any compiles a graph']),
  ]
    .map((text) => `${text}.`)
    .join(' ');
}
