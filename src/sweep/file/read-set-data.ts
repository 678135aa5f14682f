import type { FileLookup } from './file-lookup.ts';
import { glueTasks } from '../glue-tasks.ts';
import { demandFormat, namesOf, readData, readHubPlace, readPlaces, readReading } from './read-data.ts';
import { readGlueData } from './read-glue-data.ts';
import type { DataSource, FileSource, GlueSource, HubSource } from '../sweep-definition.ts';
import type { TaskColumn, TaskSection } from './task-section.ts';
import type { YamlSection } from './yaml-section.ts';

/**
 * The `data` section of a further set, whose rows are the dev rows of what it gives. `rows` names files; or a split of the
 * hub's data set or of GLUE's folder, that of the sweep itself where none is named. What a file does not say of its columns
 * is as in the sweep's own data. Null where it has a problem, which is reported.
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
  if (section.has('hub')) return hubRows(section, readHubPlace(section), ofSet);
  if (inherited?.kind === 'hub') return hubRows(section, inherited, ofSet);
  return fileRows(section, lookup, ofSet, known?.header);
}

function fileRows(
  section: YamlSection,
  lookup: FileLookup,
  task: TaskSection,
  inheritedHeader: readonly string[] | undefined,
): FileSource | null {
  const rows = readPlaces(section, 'rows', lookup);
  if (!section.has('rows'))
    section.missing('rows', `a file: ${namesOf(task.formats ?? [])}; or a split, with hub: or glue:`);
  const examples = task.examples === undefined ? null : readPlaces(section, 'examples', lookup);
  const reading = readReading(section, task);
  if (rows === null || reading === null) return null;
  for (const [key, places] of Object.entries({ rows, examples })) demandFormat(section, key, places, task);
  const header = reading.header ?? inheritedHeader;
  return {
    kind: 'files',
    ...reading,
    ...(header && { header }),
    train: rows,
    dev: rows,
    ...(examples && { examples }),
  };
}

function hubRows(section: YamlSection, source: ReturnType<typeof readHubPlace>, task: TaskSection): HubSource | null {
  const split = section.text('rows');
  if (!section.has('rows')) section.missing('rows', 'the name of a split, such as validation');
  const examples = task.examples === undefined ? null : section.text('examples');
  const reading = readReading(section, task);
  if (source === null || split === null || reading === null) return null;
  const { kind, dataset, config, revision } = source;
  const place = { kind, dataset, ...(config && { config }), ...(revision && { revision }) };
  return { ...place, ...reading, train: split, dev: split, ...(examples && { examples }) };
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
