import { extname, isAbsolute, resolve } from 'node:path';
import { isMap } from 'yaml';
import type { DataSource, TaskDefinition } from './sweep-definition.ts';
import type { TaskFields, TaskSection } from './task-section.ts';
import { wholeFrom } from './number-rules.ts';
import type { YamlSection } from './yaml-section.ts';

/** How the parser looks at the disk: nothing but whether something is there. */
export interface FileLookup {
  /** Folder that relative paths of the sweep file start from. */
  readonly folder: string;
  isFile(path: string): boolean;
  isFolder(path: string): boolean;
}

const formats = ['csv', 'tsv', 'jsonl'] as const;

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
  const data = dataSection === null ? null : readData(dataSection, lookup);
  dataSection?.finish();
  const task = tasks.find((each) => each.kind === kind);
  // Of a task that is not known no field is: each may be one of its own.
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
  for (const { fields } of tasks) for (const field of fields) section.field(field);
  return {};
}

function readData(section: YamlSection, lookup: FileLookup): DataSource | null {
  if (section.has('package')) {
    const name = section.choice('package', ['spam-assassin']);
    return name === null ? null : { kind: 'package', package: name };
  }
  if (section.has('glue')) {
    const task = section.choice('glue', ['MRPC']);
    const folder = section.text('folder');
    if (!section.has('folder')) section.missing('folder', 'the folder that holds the task’s TSV files');
    const place = folder === null ? null : absolute(folder, lookup);
    if (place !== null && !lookup.isFolder(place)) wrongPath(section, 'folder', place, 'folder');
    return task === null || place === null ? null : { kind: 'glue', task, folder: place };
  }
  return readFiles(section, lookup);
}

function readFiles(section: YamlSection, lookup: FileLookup): DataSource | null {
  const train = readPath(section, 'train', lookup);
  const dev = readPath(section, 'dev', lookup);
  const test = readPath(section, 'test', lookup);
  const text = section.text('text');
  const pair = section.text('text_pair');
  const label = section.text('label');
  const given = section.choice('format', formats);
  if (!section.has('train')) section.missing('train', 'a CSV, TSV or JSONL file (or package: or glue: instead)');
  if (!section.has('dev')) section.missing('dev', 'a CSV, TSV or JSONL file of held-out rows');
  if (!section.has('text')) section.missing('text', 'the name of the column that holds the text');
  if (!section.has('label')) section.missing('label', 'the name of the column that holds the label');
  if (train === null || dev === null || text === null || label === null) return null;
  const format = given ?? formats.find((known) => `.${known}` === extname(train).toLowerCase()) ?? null;
  if (format === null) {
    if (!section.has('format')) section.missing('format', `csv, tsv or jsonl, since the name ${train} does not tell`);
    return null;
  }
  return {
    kind: 'files',
    format,
    train,
    dev,
    ...(test === null ? {} : { test }),
    text,
    ...(pair === null ? {} : { text_pair: pair }),
    label,
  };
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
