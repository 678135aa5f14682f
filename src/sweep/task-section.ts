import type { TaskDefinition } from './sweep-definition.ts';
import type { YamlSection } from './yaml-section.ts';

/** What reading a sweep file asks of a kind of task. */
export interface TaskSection {
  /** What `task.kind` says. */
  readonly kind: string;
  /** Objectives of a file that names none. */
  readonly objectives: readonly string[];
  /** Fields of the section that are the task's own. */
  readonly fields: readonly string[];
  /** Reads them, and reports what is wrong with them. */
  read(section: YamlSection): TaskFields;
}

export type TaskFields = Pick<TaskDefinition, 'labels'>;
