import type { FileLookup } from './file-lookup.ts';
import { glueTasks } from '../glue-tasks.ts';
import { formatOf } from './file-format.ts';
import { demandFormat, namesOf, readData, readHubPlace, readPlaces, readReading } from './read-data.ts';
import { readGlueData } from './read-glue-data.ts';
import type { DataSource, FileSource, GlueSource, HubSource, Places } from '../sweep-definition.ts';
import type { TaskColumn, TaskSection } from './task-section.ts';
import type { YamlSection } from './yaml-section.ts';

/**
 * The `data` section of a further set, whose rows are the dev rows of what it gives. `rows` names files; or a split of the
 * hub's data set or of GLUE's folder, that of the sweep itself where none is named. What is not said of its columns, header,
 * encoding and format is as in the sweep's own data. Null where it has a problem, which is reported.
 * @param inherited the sweep's data; null: the set has another task
 */
export function readSetData(
  section: YamlSection,
  lookup: FileLookup,
  task: TaskSection,
  inherited: DataSource | null,
): DataSource | null {
  if (section.has('package')) return readData(section, lookup, task);
  const elsewhere = section.has('glue') || section.has('hub');
  if (section.has('glue')) return glueRows(section, readGlueData(section, lookup, task, 'judged'));
  if (!elsewhere && inherited?.kind === 'glue') return glueRows(section, inherited);
  const known = inherited !== null && 'columns' in inherited ? inherited : null;
  const ofSet = { ...task, columns: task.columns.map((column) => inheritedColumn(column, known?.columns ?? {})) };
  if (section.has('hub')) return hubRows(section, readHubPlace(section), ofSet, known);
  if (inherited?.kind === 'hub') return hubRows(section, inherited, ofSet, known);
  return fileRows(section, lookup, ofSet, known);
}

function fileRows(
  section: YamlSection,
  lookup: FileLookup,
  task: TaskSection,
  known: FileSource | HubSource | null,
): FileSource | null {
  const rows = readPlaces(section, 'rows', lookup);
  if (!section.has('rows'))
    section.missing('rows', `a file: ${namesOf(task.formats ?? [])}; or a split, with hub: or glue:`);
  const examples = task.examples === undefined ? null : readPlaces(section, 'examples', lookup);
  const reading = readReading(section, task);
  if (rows === null || reading === null) return null;
  const format = formatFor(rows, known, task);
  if (format === undefined)
    for (const [key, places] of Object.entries({ rows, examples })) demandFormat(section, key, places, task);
  return {
    kind: 'files',
    ...readAs(known, format),
    ...reading,
    train: rows,
    dev: rows,
    ...(examples && { examples }),
  };
}

function hubRows(
  section: YamlSection,
  source: ReturnType<typeof readHubPlace>,
  task: TaskSection,
  known: FileSource | HubSource | null,
): HubSource | null {
  const split = section.text('rows');
  if (!section.has('rows')) section.missing('rows', 'the name of a split, such as validation');
  const examples = task.examples === undefined ? null : section.text('examples');
  const reading = readReading(section, task);
  if (source === null || split === null || reading === null) return null;
  const { kind, dataset, config, revision } = source;
  const place = { kind, dataset, ...(config && { config }), ...(revision && { revision }) };
  // Another data set's files are read as their names tell.
  const same = known?.kind === 'hub' && known.dataset === dataset ? known : null;
  return {
    ...place,
    ...readAs(same, same?.format),
    ...reading,
    train: split,
    dev: split,
    ...(examples && { examples }),
  };
}

/** How the sweep's own files are read. */
function readAs(
  known: FileSource | HubSource | null,
  format: string | undefined,
): Pick<FileSource, 'format' | 'encoding' | 'header'> {
  const { encoding, header } = known ?? {};
  return { ...(format && { format }), ...(encoding && { encoding }), ...(header && { header }) };
}

/** The format that the sweep names, for files whose names tell none, or what those of its own train rows tell. */
function formatFor(
  rows: Places,
  known: FileSource | HubSource | null,
  { formats = [] }: TaskSection,
): string | undefined {
  const [train] = known?.kind === 'files' ? listOf(known.train) : [];
  const told = (place: string): string | undefined => formatOf(place, formats)?.name;
  const own = train === undefined ? undefined : told(train);
  return listOf(rows).every((place) => [undefined, own].includes(told(place))) ? known?.format : undefined;
}

function listOf(places: Places): readonly string[] {
  return typeof places === 'string' ? [places] : places;
}

/** Without `rows` those that its task is usually judged by. */
function glueRows(section: YamlSection, source: GlueSource | null): GlueSource | null {
  const field = section.field('rows');
  const rows = field === null ? null : section.list(field, (item) => section.textOf(item));
  if (source === null) return null;
  const { train: _, test: __, dev: ___, ...place } = source;
  const [only] = rows ?? [];
  const split = rows === null ? glueTasks[source.task].dev : rows.length === 1 ? only : rows;
  return split === undefined ? null : { ...place, train: split, dev: split };
}

/** A column that is called as in the sweep's own data where the set does not say. */
function inheritedColumn(column: TaskColumn, known: Readonly<Record<string, string>>): TaskColumn {
  const name = known[column.name];
  return name === undefined ? column : { ...column, otherwise: name };
}
