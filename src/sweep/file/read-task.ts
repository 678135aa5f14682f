import type { FileLookup } from './file-lookup.ts';
import { glueTasks } from '../glue-tasks.ts';
import { readData } from './read-data.ts';
import type { GlueSource, TaskDefinition } from '../sweep-definition.ts';
import type { TaskFields, TaskSection } from './task-section.ts';
import { seedRule, wholeFrom } from './number-rules.ts';
import type { YamlSection } from './yaml-section.ts';

/** The `task` section. Null where it is missing or has a problem, which is reported. */
export function readTask(file: YamlSection, lookup: FileLookup, tasks: readonly TaskSection[]): TaskDefinition | null {
  const section = file.section('task');
  if (section === null) {
    if (!file.has('task')) file.missing('task', 'what to train on: kind and data');
    return null;
  }
  const kinds = tasks.map((task) => task.kind);
  const kind = section.choice('kind', kinds);
  if (!section.has('kind')) section.missing('kind', `one of ${kinds.join(', ')}`);
  const dataSection = section.section('data');
  if (!section.has('data')) section.missing('data', 'files, hub, glue or package');
  const task = tasks.find((each) => each.kind === kind);
  // Of a task that is not known no field is: each may be one of its own.
  const data = dataSection === null ? null : readData(dataSection, lookup, task);
  if (task === undefined) allColumns(dataSection, tasks);
  if (task !== undefined && dataSection !== null && data?.kind === 'glue')
    checkGlueKind(dataSection, data, task, tasks);
  dataSection?.finish();
  const fields = task === undefined ? allFields(section, tasks) : task.read(section);
  const rows = {
    train_rows: section.number('train_rows', wholeFrom(1)),
    dev_rows: section.number('dev_rows', wholeFrom(1)),
    test_rows: section.number('test_rows', wholeFrom(1)),
  };
  const splitSeed = section.number('split_seed', seedRule) ?? 0;
  if (data?.kind === 'package') {
    for (const split of ['train_rows', 'dev_rows'] as const)
      if (!section.has(split)) section.missing(split, 'a number of rows, since the package has no splits of its own');
  }
  section.finish();
  if (kind === null || data === null) return null;
  return {
    kind,
    data,
    ...fields,
    ...(rows.train_rows === null ? {} : { train_rows: rows.train_rows }),
    ...(rows.dev_rows === null ? {} : { dev_rows: rows.dev_rows }),
    ...(rows.test_rows === null ? {} : { test_rows: rows.test_rows }),
    split_seed: splitSeed,
  };
}

/** A task of GLUE is of the kind whose predictions are what its labels are. */
function checkGlueKind(section: YamlSection, data: GlueSource, task: TaskSection, tasks: readonly TaskSection[]): void {
  const labels = glueTasks[data.task].labels === null ? 'numbers' : 'names';
  const field = section.field('glue');
  if (field === null || task.glueLabels === labels) return;
  const kinds = tasks.filter((each) => each.glueLabels === labels).map(({ kind }) => kind);
  section.reading.report(field.node, field.name, `${data.task} is for task.kind: ${kinds.join(' or ')}`);
}

function allFields(section: YamlSection, tasks: readonly TaskSection[]): TaskFields {
  for (const { fields } of tasks) for (const { name } of fields) section.field(name);
  return {};
}

function allColumns(section: YamlSection | null, tasks: readonly TaskSection[]): void {
  for (const { columns } of tasks) for (const { name } of columns) section?.field(name);
}
