import type { DataSource } from './sweep-definition.ts';

/** What people call a sweep's data: GLUE's name of the task, the hub's of the data set; null: files have no name of their own. */
export function dataName(source: DataSource): string | null {
  if (source.kind === 'glue') return source.task;
  if (source.kind === 'hub') return source.dataset;
  return source.kind === 'package' ? source.package : null;
}
