import type { Metric } from '../metrics/metric.ts';
import { metricHeading, rankingMetrics } from '../metrics/metrics.ts';
import type { TaskColumn, TaskSection } from './task-section.ts';
import { fieldGroups, type NamedTrainingField } from './training-fields.ts';

/** The whole of docs/sweep-file.md, from the records of tasks, fields and metrics. */
export function sweepFileReference(tasks: readonly TaskSection[]): string {
  return `# The sweep file, field by field

An example with the sections of a file stands in the [README](../README.md#the-sweep-file), whole files in
[examples](../examples). This page is written from the records of \`src/tasks\`,
\`src/sweep/fields\` and \`src/metrics\` by \`npm run docs:sweep-file\`.

## task

${asTable(
  ['kind', 'what it predicts', 'columns of `data`', 'predictions'],
  tasks.map((task) => [
    `\`${task.kind}\``,
    `${task.sentence}.`,
    task.columns.map(columnText).join(', '),
    task.form.replaceAll('_', ' '),
  ]),
)}
${tasks
  .filter(({ fields }) => fields.length > 0)
  .map(ownFields)
  .join('\n')}
## training and space

Each field may be fixed in \`training\`, or, where the table has it as an axis, given a list of values in \`space\` (a range
\`{min, max, scale: linear | log}\` where it is a number and the search random). Points that differ only in what has no
effect are one training.

${fieldGroups.map(({ title, fields }) => `### ${title}\n\n${table(fields)}`).join('\n')}
## objectives

The first ranks trials; the front is over all of them and complexity. Names alone, since each has its direction. Which of
the metrics a task has follows from the form of its predictions. One that is undefined, as the correlation of constant
predictions is, shows as none, is null in JSON, is never best or on the front, and comes last in halving.

${metricTable(rankingMetrics(null))}`;
}

function columnText({ name, optional, otherwise, several, holds }: TaskColumn): string {
  const facts = [
    ...(optional === true ? ['may be left out'] : []),
    ...(otherwise === undefined ? [] : [`default ${otherwise}`]),
    ...(several === true ? ['one column or several'] : []),
  ];
  return `\`${name}\`: ${holds}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

function ownFields({ kind, fields }: TaskSection): string {
  const rows = fields.map(({ name, expected, sentence }) => [`\`${name}\``, expected, `${sentence}.`]);
  return `With \`kind: ${kind}\`:\n\n${asTable(['field', 'value', 'what it is'], rows)}`;
}

function metricTable(metrics: readonly Metric[]): string {
  const rows = metrics.map(({ name, direction, computations, range, sentence }) => [
    `\`${name}\``,
    metricHeading(name, 'loss'),
    direction,
    computations.length === 0 ? 'any' : computations.map(({ form }) => form.replaceAll('_', ' ')).join(', '),
    `${range[0]} … ${range[1]}`.replaceAll('Infinity', '∞').replaceAll('-', '−'),
    `${sentence}.`,
  ]);
  return asTable(['objective', 'heading', 'better', 'predictions', 'range', 'what it is'], rows);
}

/** In Markdown; a bar would end a cell. */
function asTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`).join('');
}

function table(fields: readonly NamedTrainingField[]): string {
  const rows = fields.map((field) => [
    `\`${field.name}\`${field.alias === undefined ? '' : `, \`${field.alias}\``}`,
    field.form.expected,
    defaultText(field),
    field.form.axis === null ? '' : 'yes',
    sentences(field),
  ]);
  return asTable(['field', 'value', 'default', 'axis', 'what it is'], rows);
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
