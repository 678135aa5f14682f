import { assertNever } from '../../base/assert-never.ts';
import { glueTasks, hubSplit } from '../../sweep/glue-tasks.ts';
import type { DataSource } from '../../sweep/sweep-definition.ts';

/** How an export names the rows that a trial was trained and scored on: never by a path. */
export interface PublishedData {
  readonly name: string;
  /** The hub's data set, where it has one. */
  readonly hub: { readonly id: string; readonly config: string | null; readonly split: string | null } | null;
}

/** @param split that the trial was scored on */
export function publishedData(data: DataSource, split: 'dev' | 'test'): PublishedData {
  switch (data.kind) {
    case 'glue':
      return ofGlue(data, split);
    case 'hub': {
      const { dataset: id, config = null } = data;
      const named = data[split];
      return { name: id, hub: { id, config, split: typeof named === 'string' ? named : null } };
    }
    case 'package':
      return { name: data.package, hub: null };
    case 'files':
      return { name: 'files of the machine that trained it', hub: null };
    case 'none':
      return { name: 'a program’s own', hub: null };
    default:
      return assertNever(data, 'data source');
  }
}

function ofGlue(
  { task, dataset, ...splits }: Extract<DataSource, { kind: 'glue' }>,
  split: 'dev' | 'test',
): PublishedData {
  const { config, dev } = glueTasks[task];
  const named = splits[split] ?? (split === 'dev' ? dev : undefined);
  // A file of one's own is no split of the hub.
  const isSplit = typeof named === 'string' && (named === dev || dataset !== undefined);
  return {
    name: `GLUE’s ${task}`,
    hub: { id: dataset ?? 'nyu-mll/glue', config, split: isSplit ? hubSplit(named) : null },
  };
}
