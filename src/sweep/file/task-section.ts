import type { TaskDefinition } from '../sweep-definition.ts';
import type { EvaluationConfiguration } from '../vocabulary.ts';
import type { YamlSection } from './yaml-section.ts';

/** The part of a kind of task that reading a sweep file asks for. */
export interface TaskSection {
  /** The value of `task.kind`. */
  readonly kind: string;
  /** Name of the form that its predictions are scored in: which metrics it has. */
  readonly form: string;
  /** Objectives of a file that names none. */
  readonly objectives: readonly string[];
  /** The columns of a row. */
  readonly columns: readonly TaskColumn[];
  /** The rows of `data.examples`, in words; absent: the task takes none. */
  readonly examples?: string;
  /** The labels of those of GLUE's tasks that it may be; absent: none of them. */
  readonly glueLabels?: 'names' | 'numbers';
  /** Formats of files that the task has for itself. */
  readonly formats?: readonly TaskFormat[];
  /** Its predictions, in one sentence of the reference without its full stop. */
  readonly sentence: string;
  /** Fields of the section that are the task's own. */
  readonly fields: readonly TaskField[];
  /**
   * Outputs that may be averaged over members, the first where the file does not say; absent: logits, or probabilities.
   */
  readonly aggregates?: readonly EvaluationConfiguration['aggregate'][];
  /** Why rows that are to be held out may not be evaluated so; null: they may. */
  devAlone?(fields: TaskFields): string | null;
  /** Reads them, and reports what is wrong with them. */
  read(section: YamlSection): TaskFields;
}

/** A column of rows: `task.data` says what a file calls it. */
export interface TaskColumn {
  readonly name: string;
  /** Its name where the file does not say; absent: the file has to. */
  readonly otherwise?: string;
  /** Rows may lack it; with a name where the file does not say, it is read where it is there. */
  readonly optional?: boolean;
  /** Another column in whose place it stands: where the file names that, this one is not asked for. */
  readonly unless?: string;
  /** It names the one class of its row. */
  readonly classes?: boolean;
  /** It may be several columns, named in a list. */
  readonly several?: boolean;
  /** Its content, for messages. */
  readonly holds: string;
}

export interface TaskFormat {
  readonly name: string;
  /** Of file names, with the dot. */
  readonly extension: string;
}

export interface TaskField {
  readonly name: string;
  /** The values that it may hold, in words. */
  readonly expected: string;
  readonly sentence: string;
}

export type TaskFields = Pick<TaskDefinition, 'labels' | 'settings' | 'judging'>;
