import { DropsweepError } from '../base/errors.ts';
import { readUnlabelled, type UnlabelledFile } from '../data/read-unlabelled.ts';
import type { RawRow } from '../data/raw-row.ts';
import { glueTasks } from '../sweep/glue-tasks.ts';
import type { TaskDefinition } from '../sweep/sweep-definition.ts';
import type { TaskColumn } from '../sweep/file/task-section.ts';
import type { FrozenRow, TaskShape } from '../sweep/vocabulary.ts';
import type { UnlabelledRows } from './task.ts';
import { named, rowName } from './row-name.ts';
import { formatsOf, taskOf } from './tasks.ts';

export interface UnseenFile extends Pick<UnlabelledFile, 'path' | 'format'> {
  /** The file's names of columns, where they are neither the sweep's data's nor the task's. */
  readonly columns: Readonly<Record<string, string>>;
}

/**
 * Rows of a file that a sweep never saw, as the task froze its own. Labels that they may have are not looked at.
 * @param definition of the sweep's task, whose columns they have
 * @throws DropsweepError DATA_INVALID with file:line; USAGE where the task predicts nothing of single rows
 */
export async function readUnseen(
  definition: TaskDefinition,
  shape: TaskShape,
  { columns, ...file }: UnseenFile,
): Promise<readonly FrozenRow[]> {
  const unlabelled = unlabelledOf(definition);
  const { data } = definition;
  const { encoding, header, format } = data.kind === 'files' || data.kind === 'hub' ? data : {};
  const request = {
    ...file,
    ...(encoding === undefined ? {} : { encoding }),
    ...(header === undefined ? {} : { header }),
    ...(format === undefined ? {} : { otherwise: format }),
  };
  const named = namesOf(definition, columns);
  demandKnown(columns, named);
  const lack = [...unlabelled.lack, rowName.name, ...usualOptional(definition).map(({ name }) => name)];
  const rows = await readUnlabelled(request, formatsOf(definition), { named, lack });
  return freezeUnlabelled(definition, shape, rows);
}

/** @throws DATA_INVALID with the row's place */
export function freezeUnlabelled(
  definition: Pick<TaskDefinition, 'kind'>,
  shape: TaskShape,
  rows: readonly RawRow[],
): readonly FrozenRow[] {
  const unlabelled = unlabelledOf(definition);
  const { rows: taskRows } = taskOf(definition);
  const completed = rows.map((row, number) => unlabelled.complete(row, number, shape));
  const raw = { train: completed, dev: [], test: null };
  return completed.map((row) => named(taskRows.freeze(row, shape, raw), row));
}

function unlabelledOf(definition: Pick<TaskDefinition, 'kind'>): UnlabelledRows {
  const { rows } = taskOf(definition);
  if (rows.unlabelled !== undefined) return rows.unlabelled;
  throw new DropsweepError('USAGE', 'the task predicts nothing of rows without labels', {
    where: 'predict',
    got: definition.kind,
    expected: 'a task of texts, questions or tokens',
    fix: 'choose a sweep of another task',
  });
}

/** What a file may call each column that the task reads: as the user says, as the sweep's data do, as the task does. */
function namesOf(
  { kind, data }: TaskDefinition,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, readonly string[]>> {
  const known = new Map<string, readonly string[]>(Object.entries(namesInData(data)));
  const { columns } = taskOf({ kind }).section;
  for (const { name, optional, unless } of columns) {
    const isRead = unless === undefined || !known.has(unless);
    if (optional !== true && isRead && !known.has(name)) known.set(name, []);
  }
  for (const { name } of usualOptional({ kind, data })) if (!known.has(name)) known.set(name, []);
  const namesFor = (name: string, own: readonly string[]): readonly string[] => {
    const said = given[name];
    return said === undefined ? [...own, name] : [said];
  };
  return Object.fromEntries([...known].map(([name, own]) => [name, namesFor(name, own)]));
}

/** Columns that a file may have or lack, by the name that they usually have. */
function usualOptional({ kind, data }: Pick<TaskDefinition, 'kind' | 'data'>): readonly TaskColumn[] {
  const named = namesInData(data);
  return taskOf({ kind }).section.columns.filter(
    ({ optional, otherwise, unless }) =>
      optional === true && otherwise !== undefined && (unless === undefined || named[unless] === undefined),
  );
}

function namesInData(data: TaskDefinition['data']): Readonly<Record<string, readonly string[]>> {
  if (data.kind === 'files' || data.kind === 'hub')
    return Object.fromEntries(Object.entries(data.columns).map(([name, column]) => [name, [column]]));
  if (data.kind !== 'glue') return {};
  const { text, textPair } = glueTasks[data.task];
  return textPair === undefined ? { text } : { text, text_pair: textPair };
}

function demandKnown(given: Readonly<Record<string, string>>, named: Readonly<Record<string, unknown>>): void {
  const unknown = Object.keys(given).find((name) => !(name in named));
  if (unknown === undefined) return;
  throw new DropsweepError('USAGE', 'the task has no such column', {
    where: '--column',
    got: unknown,
    expected: `one of ${Object.keys(named).join(', ')}`,
    fix: 'write --column NAME=COLUMN, the name first that the task has for it',
  });
}
