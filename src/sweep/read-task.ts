import { extname, isAbsolute, resolve } from 'node:path';
import { isMap, isSeq } from 'yaml';
import { partName, partOf } from './column-parts.ts';
import type { DataSource, TaskDefinition } from './sweep-definition.ts';
import type { TaskColumn, TaskFields, TaskFormat, TaskSection } from './task-section.ts';
import { wholeFrom } from './number-rules.ts';
import type { YamlSection } from './yaml-section.ts';

/** How the parser looks at the disk: nothing but whether something is there. */
export interface FileLookup {
  /** Folder that relative paths of the sweep file start from. */
  readonly folder: string;
  isFile(path: string): boolean;
  isFolder(path: string): boolean;
}

/** Formats that any task's rows may come in. */
const tableFormats: readonly TaskFormat[] = ['csv', 'tsv', 'jsonl'].map((name) => ({ name, extension: `.${name}` }));

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
  if (!section.has('data')) section.missing('data', 'files, package or glue');
  const task = tasks.find((each) => each.kind === kind);
  // Of a task that is not known no field is: each may be one of its own.
  const data = dataSection === null ? null : readData(dataSection, lookup, task);
  if (task === undefined) allColumns(dataSection, tasks);
  dataSection?.finish();
  const fields = task === undefined ? allFields(section, tasks) : task.read(section);
  const rows = {
    train_rows: section.number('train_rows', wholeFrom(1)),
    dev_rows: section.number('dev_rows', wholeFrom(1)),
    test_rows: section.number('test_rows', wholeFrom(1)),
  };
  const splitSeed = section.number('split_seed', wholeFrom(0)) ?? 0;
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

function allFields(section: YamlSection, tasks: readonly TaskSection[]): TaskFields {
  for (const { fields } of tasks) for (const { name } of fields) section.field(name);
  return {};
}

function allColumns(section: YamlSection | null, tasks: readonly TaskSection[]): void {
  for (const { columns } of tasks) for (const { name } of columns) section?.field(name);
}

/** What rows of sources that name their columns themselves hold. */
const sourceColumns: Readonly<Record<Exclude<DataSource['kind'], 'files'>, readonly string[]>> = {
  package: ['text', 'label'],
  glue: ['text', 'text_pair', 'label'],
};

function readData(section: YamlSection, lookup: FileLookup, task: TaskSection | undefined): DataSource | null {
  const named = (['package', 'glue'] as const).find((kind) => section.has(kind));
  if (named === undefined) return readFiles(section, lookup, task);
  const missing = task?.columns.find(({ name, optional }) => optional !== true && !sourceColumns[named].includes(name));
  const field = missing === undefined ? null : section.field(named);
  if (field !== null && missing !== undefined)
    section.reading.report(field.node, field.name, `its rows have no ${missing.name}, which ${task?.kind} needs`);
  if (named === 'package') {
    const name = section.choice('package', ['spam-assassin']);
    return name === null ? null : { kind: 'package', package: name };
  }
  const glue = section.choice('glue', ['MRPC']);
  const folder = section.text('folder');
  if (!section.has('folder')) section.missing('folder', 'the folder that holds the task’s TSV files');
  const place = folder === null ? null : absolute(folder, lookup);
  if (place !== null && !lookup.isFolder(place)) wrongPath(section, 'folder', place, 'folder');
  return glue === null || place === null ? null : { kind: 'glue', task: glue, folder: place };
}

function readFiles(section: YamlSection, lookup: FileLookup, task: TaskSection | undefined): DataSource | null {
  const train = readPath(section, 'train', lookup);
  const dev = readPath(section, 'dev', lookup);
  const test = readPath(section, 'test', lookup);
  const columns = readColumns(section, task?.columns ?? []);
  const formats = [...(task?.formats ?? []), ...tableFormats];
  const names = formats.map(({ name }) => name);
  const given = section.choice('format', names);
  const known = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  if (!section.has('train')) section.missing('train', `a file: ${known} (or package: or glue: instead)`);
  if (!section.has('dev')) section.missing('dev', `a file of held-out rows: ${known}`);
  if (train === null || dev === null || columns === null) return null;
  const { name: format } = formats.find(({ extension }) => extension === extname(train).toLowerCase()) ?? {};
  const settled = given ?? format;
  if (settled === undefined) {
    if (!section.has('format')) section.missing('format', `${known}, since the name ${train} does not tell`);
    return null;
  }
  return { kind: 'files', format: settled, train, dev, ...(test === null ? {} : { test }), columns };
}

/** What the file calls each of a task's columns; null where one is missing. */
function readColumns(section: YamlSection, columns: readonly TaskColumn[]): Readonly<Record<string, string>> | null {
  const found = new Map<string, string>();
  for (const { name, otherwise, optional, several, holds } of columns) {
    const list = several === true ? section.field(name) : null;
    if (list !== null && isSeq(list.node)) {
      for (const column of section.list(list, (item) => section.textOf(item)))
        found.set(partName(name, column), column);
      continue;
    }
    const column = section.text(name) ?? (section.has(name) ? undefined : otherwise);
    if (column !== undefined) found.set(name, column);
    else if (!section.has(name) && optional !== true)
      section.missing(name, `the name of the column that holds ${holds}`);
  }
  const names = [...found.keys()];
  const isFound = (name: string): boolean => found.has(name) || names.some((known) => partOf(known, name) !== null);
  const complete = columns.every(({ name, optional }) => optional === true || isFound(name));
  return complete ? Object.fromEntries(found) : null;
}

function readPath(section: YamlSection, key: string, lookup: FileLookup): string | null {
  const path = section.text(key);
  if (path === null) return null;
  const place = absolute(path, lookup);
  if (!lookup.isFile(place)) wrongPath(section, key, place, 'file');
  return place;
}

function wrongPath(section: YamlSection, key: string, place: string, what: string): void {
  const field = section.field(key);
  if (field !== null && !isMap(field.node))
    section.reading.report(field.node, field.name, `there is no ${what} ${place}`);
}

/** A path of the sweep file, seen from the sweep file's folder. */
export function absolute(path: string, lookup: FileLookup): string {
  return isAbsolute(path) ? path : resolve(lookup.folder, path);
}
