import { fetchDataset } from '../hub/fetch-dataset.ts';
import type { TaskDefinition } from '../sweep/sweep-definition.ts';
import { formatsOf } from '../tasks/tasks.ts';

/** A task whose rows lie on this machine: those of the hub are fetched, others are where they are. */
export async function withLocalData(
  task: TaskDefinition,
  environment: NodeJS.ProcessEnv,
  progress: (text: string) => void = () => undefined,
): Promise<TaskDefinition> {
  if (task.data.kind !== 'hub') return task;
  return { ...task, data: await fetchDataset(task.data, { environment, formats: formatsOf(task), progress }) };
}
