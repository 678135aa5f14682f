import { absolute, type FileLookup } from './file-lookup.ts';
import { glueNames, glueTasks } from '../glue-tasks.ts';
import { hubPattern } from './hub-pattern.ts';
import { isHeldOut, readHeldOut } from './read-held-out.ts';
import type { GlueSource, Places } from '../sweep-definition.ts';
import type { TaskSection } from './task-section.ts';
import type { YamlSection } from './yaml-section.ts';

const hubData = 'nyu-mll/glue';

/** `{glue: RTE, folder: ./RTE}`, or, without a folder, the hub's data set. Null where it has a problem. @param rows what they are for */
export function readGlueData(
  section: YamlSection,
  lookup: FileLookup,
  task: TaskSection | undefined,
  rows: 'trained' | 'judged' = 'trained',
): GlueSource | null {
  const glue = section.choice('glue', glueNames);
  const place = section.has('folder') ? readFolder(section, lookup) : readHub(section);
  const heldOut = isHeldOut(section) ? readHeldOut(section, task) : null;
  const train = readSplit(section, 'train');
  const dev = isHeldOut(section) ? heldOut : readSplit(section, 'dev');
  const test = readSplit(section, 'test');
  if (glue === null || place === null) return null;
  if (rows === 'trained' && train === null && glueTasks[glue].train === undefined) {
    section.missing('train', `a file of the folder, since ${glue} is a set to judge by and has no train rows`);
    return null;
  }
  return {
    kind: 'glue',
    task: glue,
    ...place,
    ...(train === null ? {} : { train }),
    ...(dev === null ? {} : { dev }),
    ...(test === null ? {} : { test }),
  };
}

function readFolder(section: YamlSection, lookup: FileLookup): { readonly folder: string } | null {
  const field = section.field('folder');
  const folder = section.text('folder');
  if (field === null || folder === null) return null;
  const place = absolute(folder, lookup);
  if (!lookup.isFolder(place)) section.reading.report(field.node, field.name, `there is no folder ${place}`);
  if (section.has('hub'))
    section.reading.report(field.node, field.name, 'says where the rows are, as hub does; keep one');
  return { folder: place };
}

function readHub(section: YamlSection): { readonly dataset: string; readonly revision?: string } {
  const field = section.field('hub');
  const dataset = section.text('hub') ?? hubData;
  if (field !== null && !hubPattern.test(dataset)) section.wrong(field, `a data set of the hub such as ${hubData}`);
  const revision = section.text('revision');
  return { dataset, ...(revision === null ? {} : { revision }) };
}

/** A split or a file by its name, or several. */
function readSplit(section: YamlSection, key: string): Places | null {
  const field = section.has(key) ? section.field(key) : null;
  if (field === null) return null;
  const places = section.list(field, (item) => section.textOf(item));
  const [only] = places;
  if (places.length === 1 && only !== undefined) return only;
  if (!section.has('folder')) section.wrong(field, 'one split of the hub');
  return places.length === 0 ? null : places;
}
