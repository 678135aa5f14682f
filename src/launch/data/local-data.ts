import type { Progress } from '../../base/progress.ts';
import { cacheFolderOf } from '../../hub/cache-folder.ts';
import { fetchDataset } from '../../hub/fetch-dataset.ts';
import { glueTasks, hubSplit } from '../../sweep/glue-tasks.ts';
import type { GlueSource, HubSource, Places, TaskDefinition } from '../../sweep/sweep-definition.ts';
import { formatsOf } from '../../tasks/tasks.ts';

/** A task whose rows lie on this machine: those of the hub are fetched, others are where they are. */
export async function withLocalData(
  task: TaskDefinition,
  environment: NodeJS.ProcessEnv,
  progress: Progress = () => undefined,
): Promise<TaskDefinition> {
  const { data } = task;
  const fetched = (source: HubSource) => fetchDataset(source, { environment, formats: formatsOf(task), progress });
  if (data.kind === 'hub') return { ...task, data: await fetched(data) };
  if (data.kind !== 'glue' || data.folder !== undefined) return task;
  const { train, dev, test } = await fetched(glueOnHub(data));
  return {
    ...task,
    data: { ...data, folder: cacheFolderOf(environment), train, dev, ...(test === undefined ? {} : { test }) },
  };
}

/** Where the hub has a task of GLUE. */
function glueOnHub({ task, dataset = '', revision, train, dev, test }: GlueSource): HubSource {
  const known = glueTasks[task];
  const split = (named: Places): string => hubSplit(String(named));
  const held = dev ?? known.dev ?? 'test';
  return {
    kind: 'hub',
    dataset,
    config: known.config,
    ...(revision === undefined ? {} : { revision }),
    columns: {},
    train: split(train ?? known.train ?? 'test'),
    dev: typeof held === 'object' && 'fraction' in held ? held : split(held),
    ...(test === undefined ? {} : { test: split(test) }),
  };
}
