import type { DataSource } from './sweep-definition.ts';

/** What people call a sweep's data: GLUE's name of the task, the hub's of the data set; null: files have no name of their own. */
export function dataName(source: DataSource): string | null {
  switch (source.kind) {
    case 'glue':
      return source.task;
    case 'hub':
      return source.dataset;
    case 'package':
      return source.package;
    case 'files':
    case 'none':
      return null;
  }
}
