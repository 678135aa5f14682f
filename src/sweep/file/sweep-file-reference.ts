import type { Metric } from '../../metrics/metric.ts';
import { metricHeading, rankingMetrics } from '../../metrics/metrics.ts';
import { budgetFields } from './read-budget.ts';
import { programFields } from './read-program.ts';
import type { Recipe } from './recipe.ts';
import { dataFields, rowFields } from './data-fields.ts';
import { evaluationFields } from './read-evaluation.ts';
import { setFields } from './read-evaluation-sets.ts';
import type { KindSection, SearchSections } from './search-section.ts';
import type { TaskColumn, TaskField, TaskSection } from './task-section.ts';
import { fieldGroups, type NamedTrainingField } from '../training-fields.ts';

/** The whole of docs/sweep-file.md, from the records of tasks, fields, metrics, samplers and schedulers. */
export function sweepFileReference(
  tasks: readonly TaskSection[],
  kinds: SearchSections,
  recipes: readonly Recipe[],
): string {
  return `# The sweep file, field by field

An example with the sections of a file stands in the [README](../README.md#the-sweep-file), whole files in
[examples](../examples). This page is written from the records of \`src/tasks\`,
\`src/sweep/fields\`, \`src/metrics\` and \`src/search\` by \`npm run docs:sweep-file\`.

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
${tasks.filter(hasFields).map(ownFields).join('\n')}
Of every kind:

${fieldTable(rowFields)}
## task.data

Rows of files, of \`hub\`, \`glue\` or \`package\`. The task's columns stand beside these fields: each is called after the file's
column, or a path into a nested one, such as \`label: meta.class\` or \`text: turns.0.content\`.

${fieldTable(dataFields)}
\`dropsweep data FILE\` tells what the rows are before anything is launched.

## recipe

\`recipe: adalora/rte\` fills in what the file leaves out, key by key; what the file says stands, in \`space\` too. A sweep is
what it is with the fields written out. \`dropsweep launch --dry-run\` shows all that is taken.

${asTable(
  ['recipe', 'whose setting it is', 'where its values stand'],
  recipes.map(({ name, sentence, source }) => [`\`${name}\``, `${sentence}.`, `${source}.`]),
)}
## init_adapter

\`init_adapter: ./folder\`, beside \`base\`, names what PEFT's save_pretrained wrote (LoRA or AdaLoRA; an export of this program
too): every training begins with it instead of the method's initial values, or, with \`epochs: 0\`, is that adapter, and is
evaluated alone. Rank, alpha, scaling, targets and base have to be its own; a head that it does not hold is drawn. Its
content is part of a training's identity, and is kept in the database for workers elsewhere.

The outputs of a saved head go to the task's labels by their names (\`label_names\` of its dropsweep.json, or \`id2label\` of its
config.json); where it names none (\`LABEL_0\`), or the task's labels are the numbers 0, 1, …, by their places. An adapter's head
of other labels is refused; in place of a base's a new one is drawn, as for another number of labels. \`launch\` says what was done.

## training and space

Each field may be fixed in \`training\`, or, where the table has it as an axis, be an axis of \`space\`. Points that differ
only in what has no effect are one training. An axis is one of

| axis | what is tried |
| --- | --- |
| \`[0, 0.25, 0.5]\` | These values; those of \`seed\`, which is never a range, are repeats of each point |
| \`{count: 5, name: paper}\` | Of \`seed\` alone: so many repeats, drawn by the name; 5 are the first of the 10 of that name |
| \`{min: 1e-4, max: 1e-2, scale: log}\` | A number in the range, by its logarithm, or \`linear\` (default), with four digits or whole; not in a grid |
| \`{min: 0, max: 0.8, step: 0.1}\` | The same, on steps from min, with all the digits that they need: 293.15 to 293.95 has few numbers of four |
| \`{zero_or: {min: 1e-6, max: 1e-2, scale: log}}\` | 0, or a number of the range |
| \`{choice: [2, 4], when: {adapter: adalora}}\` | These values where another axis, a list, has one of those named; else \`training\`'s. A range may have \`when\` too |

\`constraints\`, beside \`space\`, is a list of comparisons that every point fulfils: \`[rank * N <= 32, p > 0.2 or N == 1]\`,
with + − * / and parentheses, by fields' names or letters. Points that random and sobol draw and a constraint leaves out are not
replaced: these have fewer than \`trials\`; tpe and nsga2 draw until all are fulfilled.

${fieldGroups.map(({ title, fields }) => `### ${title}\n\n${table(fields)}`).join('\n')}
## search

${kindTable(kinds.samplers)}
${kinds.samplers.filter(hasFields).map(ownFields).join('\n')}
Each may have \`enqueue\`, a list of points of the space (\`[{p: 0.1, learning_rate: 1e-3}]\`) that are tried first, besides
its trials. One whose points follow from results may have \`learn_from\`, a list of sweeps that have ended: what they
reached within the space counts as results, what failed there as failed or infeasible, and both are frozen into the record at
launch. Of the space is a point whose values are in their lists, or in their ranges and on their steps, that has the axes that
are there for it and no others, and that fulfils the constraints: others are refused in \`enqueue\`, and passed over by \`learn_from\`.

## scheduler

It decides by the first objective, or with \`by: front\` by all, at rungs, where a training is evaluated
and goes on or ends. A training has to be longer than its last rung.

${kindTable(kinds.schedulers)}
${kinds.schedulers.filter(hasFields).map(ownFields).join('\n')}
## trainer

Left out, dropsweep's own trainer trains. As a mapping it is a program of yours, in any language, one run for each training,
in the same slots and under the same search, scheduler, budget and dashboard. Such a file has no \`base\`, \`task\` or
\`evaluation\`: axes of \`space\` and constants of \`training\` have the names that you give them, and take numbers and texts;
\`seed\` stays a repeat. An example: [examples/program](../examples/program/sweep.yaml).

${fieldTable(programFields)}
A program that passes a rung runs on while that is decided. Where the scheduler stops it, its process group gets SIGTERM,
and SIGKILL after \`terminate_seconds\`; so it does when the sweep is paused, its time is over or its slot ends. Run again, it
finds in its configuration the \`step\` that is recorded and its own \`folder\` as it left it; what it reports again is passed
over. Its result is what it reported at its last step, whose lines count together: all of \`metrics\`. One that ends well
before its last step has come to its end there, which \`explain\` says. NaN ends the training as diverged; a status other than
0, a metric that its result lacks, a step past \`steps\` and a file that was changed end it as crashed. What is no report, and
standard error, goes to the worker's log. A training is known by its command, the content of those arguments that are files, its configuration,
steps and seed. **Not covered**: what the program imports, reads or fetches, its interpreter and its machine; change the
name of an argument or a constant when these change.

With \`ask\` no slot runs anything: programs ask, at most \`parallelism\` of them at once. \`dropsweep ask SWEEP\` leases a
configuration as JSON, \`dropsweep tell LEASE --step 3 accuracy=0.8\` records a step, extends the lease and answers go or stop,
without \`--step\` it ends it, with all of \`metrics\`. Where a step takes longer than the lease, \`dropsweep tell LEASE --alive\`
extends it, with the same answer. A lease that was not extended is given to another asker, with the step that was reported last;
who had it writes nothing any more. Rungs that a report passes are decided by it. What was told last may be told again, should
its answer be lost: it is recorded once, and answered the same. Examples: [examples/ask](../examples/ask/loop.sh), and PyTorch
with PEFT, [run by a sweep](../examples/peft/train.py) and [asking one](../examples/peft/ask.py).

## budget

A search ends before its last training when one of these is so, at the result that brings it. Trainings that wait are let
go; those that run come to their next rung, or their end. \`dropsweep set\` changes a limit on the way. An extension
(\`launch --extend\`) changes those that its file has otherwise than the file before it, and parallelism and priority as well;
what was set meanwhile stays. One whose budget is spent already is refused.

${asTable(
  ['field', 'value', 'the search ends when'],
  budgetFields.map(({ name, rule, sentence }) => [`\`${name}\``, rule.expected, `${sentence}.`]),
)}
\`failures\` is a number, or a mapping by class: \`failures: {crashed: 3, out_of_memory: 10}\`. A training that is infeasible or
runs out of memory has told that its configuration cannot be trained: it is no failure, and samplers that adapt keep away
from it.

\`no_better_since\` compares points, each by the mean over its seeds so far. A point is better than the best before it where
Student's one-sided test says so, with the spread of seeds within points, pooled over all, at 5 % divided by the number of
points that it is compared to (Bonferroni): one lucky seed does not begin the count anew. The best keeps its place until one
is better by more than that, so that small steps add up. Before any point has two results, and in a space without several
seeds, nothing is known of noise, and any better value counts.

## evaluation

${fieldTable(evaluationFields)}
## evaluation.sets

Further sets of rows, by names: each training that finishes is scored on them too, with the members and modes that the
\`evaluation\` section asks for. Their metrics are called after them (\`shift.accuracy\`), stand beside the trial's own, and may
be objectives (not the first of a search that decides by results). No gap is taken there. A set added later, with
\`--extend\`, costs its evaluations alone.

${fieldTable(setFields)}
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

function hasFields({ fields }: Pick<TaskSection, 'fields'>): boolean {
  return fields.length > 0;
}

function kindTable(kinds: readonly KindSection[]): string {
  const rows = kinds.map(({ kind, sentence }, index) => [
    `\`${kind}\`${index === 0 ? ' (default)' : ''}`,
    `${sentence}.`,
  ]);
  return asTable(['kind', 'what it does'], rows);
}

function ownFields({ kind, fields }: Pick<TaskSection, 'kind' | 'fields'>): string {
  return `With \`kind: ${kind}\`:\n\n${fieldTable(fields)}`;
}

function fieldTable(fields: readonly TaskField[]): string {
  const rows = fields.map(({ name, expected, sentence }) => [`\`${name}\``, expected, `${sentence}.`]);
  return asTable(['field', 'value', 'what it is'], rows);
}

function metricTable(metrics: readonly Metric[]): string {
  const rows = metrics.map(({ name, direction, computations, over, range, sentence }) => [
    `\`${name}\``,
    metricHeading(name, 'loss'),
    direction,
    computations.length === 0 ? 'any' : computations.map(({ form }) => form.replaceAll('_', ' ')).join(', '),
    over === 'rows' ? 'each row' : 'the set',
    `${range[0]} … ${range[1]}`.replaceAll('Infinity', '∞').replaceAll('-', '−'),
    `${sentence}.`,
  ]);
  return asTable(['objective', 'heading', 'better', 'predictions', 'over', 'range', 'what it is'], rows);
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
