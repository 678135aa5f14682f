import { DropsweepError } from '../base/errors.ts';
import type { TableFormat } from '../data/files/table.ts';
import { tableFormats } from '../data/files/table-formats.ts';
import type { TaskSection } from '../sweep/file/task-section.ts';
import { languageModelling } from './language-modelling/task.ts';
import { multipleChoice } from './multiple-choice/task.ts';
import { multiLabelClassification } from './multi-label-classification/task.ts';
import { questionAnswering } from './question-answering/task.ts';
import { rowName } from './row-name.ts';
import type { Task } from './task.ts';
import { textClassification } from './text-classification/task.ts';
import { textRegression } from './text-regression/task.ts';
import { tokenClassification } from './token-classification/task.ts';

/** Every kind of task, in the order that messages name them in. */
const tasks: readonly Task[] = [
  textClassification,
  textRegression,
  multiLabelClassification,
  questionAnswering,
  tokenClassification,
  languageModelling,
  multipleChoice,
];

/** The sections of tasks in a sweep file. */
export const taskSections: readonly TaskSection[] = tasks.map(({ section }) => ({
  ...section,
  columns: section.columns.some(({ name }) => name === rowName.name) ? section.columns : [...section.columns, rowName],
  formats: [...(section.formats ?? []), ...tableFormats],
}));

/** Every format that rows of a task may come in, its own first. */
export function formatsOf(definition: { readonly kind: string }): readonly TableFormat[] {
  const { section, rows } = taskOf(definition);
  const own = (section.formats ?? []).flatMap(({ name, extension }) => {
    const read = rows.readers?.[name];
    return read === undefined ? [] : [{ name, extension, read }];
  });
  return [...own, ...tableFormats];
}

/**
 * The task of a definition, or of a stored specification, which have it by name.
 * @throws USAGE where this version has no such task
 */
export function taskOf({ kind }: { readonly kind: string }): Task {
  const found = tasks.find(({ section, recordedAs }) => section.kind === kind || recordedAs === kind);
  if (found !== undefined) return found;
  throw new DropsweepError('USAGE', 'this version of dropsweep does not know the task', {
    where: 'task.kind',
    got: kind,
    expected: `one of ${taskSections.map((section) => section.kind).join(', ')}`,
    fix: 'use the version that the sweep was launched with, or a later one',
  });
}
