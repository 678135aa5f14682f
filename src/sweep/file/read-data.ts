import { isSeq } from 'yaml';
import { partName, partOf } from './column-parts.ts';
import { formatOf } from './file-format.ts';
import { absolute, type FileLookup, noFile } from './file-lookup.ts';
import { hubPattern } from './hub-pattern.ts';
import { readGlueData } from './read-glue-data.ts';
import { isHeldOut, readHeldOut } from './read-held-out.ts';
import type { DataSource, FileSource, HeldOut, HubSource, Places } from '../sweep-definition.ts';
import type { TaskColumn, TaskFormat, TaskSection } from './task-section.ts';
import type { Field, YamlSection } from './yaml-section.ts';

/** Columns of the package's rows. */
const packageColumns: readonly string[] = ['text', 'label'];

/** The `data` section. Null where it has a problem, which is reported. */
export function readData(section: YamlSection, lookup: FileLookup, task: TaskSection | undefined): DataSource | null {
  if (section.has('glue')) return readGlueData(section, lookup, task);
  if (section.has('hub')) return readHub(section, task);
  if (!section.has('package')) return readFiles(section, lookup, task);
  const missing = task?.columns.find(({ name, optional }) => optional !== true && !packageColumns.includes(name));
  const field = missing === undefined ? null : section.field('package');
  if (field !== null && missing !== undefined)
    section.reading.report(field.node, field.name, `its rows have no ${missing.name}, which ${task?.kind} needs`);
  const name = section.choice('package', ['spam-assassin']);
  return name === null ? null : { kind: 'package', package: name };
}

function readFiles(section: YamlSection, lookup: FileLookup, task: TaskSection | undefined): FileSource | null {
  const train = readPlaces(section, 'train', lookup);
  const dev = isHeldOut(section) ? readHeldOut(section, task) : readPlaces(section, 'dev', lookup);
  const test = readPlaces(section, 'test', lookup);
  const examples = task?.examples === undefined ? null : readPlaces(section, 'examples', lookup);
  const reading = readReading(section, task);
  const known = namesOf(task?.formats ?? []);
  if (!section.has('train')) section.missing('train', `a file: ${known} (or package:, glue: or hub: instead)`);
  if (!section.has('dev'))
    section.missing('dev', `a file of held-out rows: ${known}; or {fraction: 0.1} of the train rows`);
  if (train === null || dev === null || reading === null) return null;
  for (const [key, places] of Object.entries({ train, dev, test, examples })) demandFormat(section, key, places, task);
  return { kind: 'files', ...reading, train, dev, ...(test === null ? {} : { test }), ...(examples && { examples }) };
}

/** Where the file names no format, each name has to tell one. */
export function demandFormat(
  section: YamlSection,
  key: string,
  places: Places | HeldOut | null,
  task: TaskSection | undefined,
): void {
  if (section.has('format') || task === undefined || places === null) return;
  if (typeof places === 'object' && 'fraction' in places) return;
  const formats = task.formats ?? [];
  const silent = (typeof places === 'string' ? [places] : places).find(
    (place) => !/[*?[{]/.test(place) && formatOf(place, formats) === undefined,
  );
  const field = silent === undefined ? null : section.field(key);
  if (field === null) return;
  section.reading.report(
    field.node,
    section.name('format'),
    `is missing; expected ${namesOf(formats)}, since the name ${silent} does not tell`,
  );
}

function readHub(section: YamlSection, task: TaskSection | undefined): HubSource | null {
  const source = readHubPlace(section);
  const dev = isHeldOut(section) ? readHeldOut(section, task) : (section.text('dev') ?? 'validation');
  const train = section.text('train') ?? 'train';
  const test = section.text('test');
  const examples = task?.examples === undefined ? null : section.text('examples');
  const reading = readReading(section, task);
  if (source === null || dev === null || reading === null) return null;
  return { ...source, ...reading, train, dev, ...(test === null ? {} : { test }), ...(examples && { examples }) };
}

export function readHubPlace(section: YamlSection): Pick<HubSource, 'kind' | 'dataset' | 'config' | 'revision'> | null {
  const field = section.field('hub');
  const dataset = section.text('hub');
  if (dataset !== null && field !== null && !hubPattern.test(dataset))
    section.wrong(field, 'a data set of the hub such as nyu-mll/glue');
  const config = section.text('config');
  const revision = section.text('revision');
  if (dataset === null) return null;
  return {
    kind: 'hub',
    dataset,
    ...(config === null ? {} : { config }),
    ...(revision === null ? {} : { revision }),
  };
}

type Reading = Pick<FileSource, 'format' | 'encoding' | 'header' | 'columns' | 'lenient'>;

export function readReading(section: YamlSection, task: TaskSection | undefined): Reading | null {
  const names = [...new Set((task?.formats ?? []).map(({ name }) => name))];
  const given = section.field('format');
  const format = given === null || task === undefined ? null : section.choiceOf(given, names);
  const encoding = readEncoding(section);
  const headerField = section.field('columns');
  const header = headerField === null ? [] : section.list(headerField, (item) => section.textOf(item));
  const columns = readColumns(section, task?.columns ?? []);
  if (columns === null) return null;
  const lenient = (task?.columns ?? []).flatMap(({ name, optional }) =>
    optional === true && name in columns && !section.has(name) ? [name] : [],
  );
  return {
    ...(format === null ? {} : { format }),
    ...(encoding === null ? {} : { encoding }),
    ...(header.length === 0 ? {} : { header }),
    columns,
    ...(lenient.length === 0 ? {} : { lenient }),
  };
}

function readEncoding(section: YamlSection): string | null {
  const field = section.field('encoding');
  const encoding = field === null ? null : section.textOf(field);
  if (field === null || encoding === null) return null;
  try {
    return new TextDecoder(encoding).encoding;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    section.wrong(field, 'an encoding such as utf-8, utf-16le, latin1, windows-1252 or shift_jis');
    return null;
  }
}

/** The file's names of a task's columns; null where one is missing. */
function readColumns(section: YamlSection, columns: readonly TaskColumn[]): Readonly<Record<string, string>> | null {
  const found = new Map<string, string>();
  const asked = columns.filter(({ unless }) => unless === undefined || !section.has(unless));
  for (const { name, otherwise, optional, several, holds } of asked) {
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
  const complete = asked.every(({ name, optional }) => optional === true || isFound(name));
  return complete ? Object.fromEntries(found) : null;
}

/** A path or a list of them; of a pattern it is seen when it is read whether files match. */
export function readPlaces(section: YamlSection, key: string, lookup: FileLookup): Places | null {
  const field = section.field(key);
  if (field === null) return null;
  const place = (item: Field): string | null => {
    const path = section.textOf(item);
    if (path === null) return null;
    const whole = absolute(path, lookup);
    if (!lookup.isFile(whole) && !/[*?[{]/.test(path))
      section.reading.report(item.node, item.name, noFile(whole, lookup));
    return whole;
  };
  if (!isSeq(field.node)) return place(field);
  const places = section.list(field, place);
  return places.length === 0 ? null : places;
}

export function namesOf(formats: readonly TaskFormat[]): string {
  const names = [...new Set(formats.map(({ name }) => name))];
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
