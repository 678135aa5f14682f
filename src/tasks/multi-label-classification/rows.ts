import { dataInvalid, isBlank, plainLabel, type RawDataset, type RawRow } from '../../data/raw-row.ts';
import { readJsonValue } from '../../data/files/read-json-value.ts';
import { partOf } from '../../sweep/file/column-parts.ts';
import type { TaskDefinition } from '../../sweep/sweep-definition.ts';
import type { FrozenRow, TaskShape } from '../../sweep/vocabulary.ts';
import { demandNumbersApart } from '../alike-names.ts';
import { labelIndex } from '../label-index.ts';
import { sortedNames } from '../sorted-names.ts';
import type { TaskRows } from '../task.ts';
import { freezePair, textCharacters, isEmptyText, textContent, textSequences } from '../text-rows.ts';

export const rows: TaskRows = {
  shape,
  freeze,
  characters: textCharacters,
  content: textContent,
  isEmpty: isEmptyText,
  sequences: textSequences,
  unlabelled: {
    lack: ['label'],
    complete: ({ cells, ...row }) => ({ ...row, cells: { ...withoutLabels(cells), label: '' } }),
  },
  labels: (row) => thawSet(row).labels,
};

export interface LabelledSet {
  readonly text: string;
  readonly text_pair?: string;
  /** Numbers of the labels that are set, ascending. */
  readonly labels: readonly number[];
}

/** @throws Error where another task froze the row */
export function thawSet({ text, text_pair: pair, labels }: FrozenRow): LabelledSet {
  if (typeof text !== 'string' || !Array.isArray(labels)) throw new Error('the row was frozen by another task');
  const set = labels.map(Number);
  return typeof pair === 'string' ? { text, text_pair: pair, labels: set } : { text, labels: set };
}

/** Label names as the file orders them; else the columns, where each label has one, or sorted. */
function shape(definition: TaskDefinition, raw: RawDataset): Omit<TaskShape, 'kind'> {
  const [first] = raw.train;
  const columns = Object.keys(first?.cells ?? {}).flatMap((name) => partOf(name, 'label') ?? []);
  const own = columns.length > 0 ? columns : sortedNames(raw.train.flatMap(labelsOf));
  const names = definition.labels ?? own;
  if (definition.labels === undefined)
    demandNumbersApart(names, (name) => raw.train.find((row) => labelsOf(row).includes(name))?.where);
  if (names.length >= 2) return { label_names: names };
  throw dataInvalid(first?.where ?? 'task', 'the train rows hold fewer than two labels', {
    got: names.length === 0 ? 'no label' : names.join(', '),
    expected: 'at least two label names',
    fix: 'check task.data.label, or use text-classification where each row has one class',
  });
}

function freeze(row: RawRow, { label_names: names }: TaskShape, raw: RawDataset): FrozenRow {
  const source = { raw, names, read: labelsOf };
  const labels = labelsOf(row).map((name) => labelIndex(name, row, source, 'a row has an unknown label'));
  return { ...freezePair(row), labels: [...new Set(labels)].sort((a, b) => a - b) };
}

function withoutLabels(cells: RawRow['cells']): RawRow['cells'] {
  return Object.fromEntries(Object.entries(cells).filter(([name]) => partOf(name, 'label') === null));
}

/** The names that are set: of columns of 0 and 1, or of one column that lists them. */
function labelsOf(row: RawRow): readonly string[] {
  const parts = Object.entries(row.cells).flatMap(([name, value]) => {
    const part = partOf(name, 'label');
    return part === null ? [] : [{ part, value }];
  });
  if (parts.length > 0) return parts.filter(({ part, value }) => isSet(row, part, value)).map(({ part }) => part);
  return listed(row, row.cells['label']);
}

function isSet({ where }: RawRow, column: string, value: unknown): boolean {
  const text = (typeof value === 'string' ? value : JSON.stringify(value ?? '')).trim().toLowerCase();
  if (['1', '1.0', 'true'].includes(text)) return true;
  if (['0', '0.0', 'false'].includes(text)) return false;
  throw dataInvalid(where, `a row says neither 0 nor 1 in ${column}`, {
    got: text,
    expected: '0 or 1',
    fix: 'correct the row, or name the columns of labels in task.data.label',
  });
}

/** A list, of JSON where the file holds text that begins like one; else names between commas. Blank text: no label. */
function listed(row: RawRow, value: unknown): readonly string[] {
  const { where } = row;
  const list = typeof value === 'string' && value.trim().startsWith('[') ? parsed(value, where) : value;
  if (Array.isArray(list) && list.every(isName))
    return list.map((name) => plainLabel(String(name).trim(), row, 'label'));
  if (typeof list === 'number' && Number.isFinite(list)) return [String(list)];
  if (typeof list === 'string') {
    return list
      .split(',')
      .map((name) => plainLabel(name.trim(), row, 'label'))
      .filter((name) => !isBlank(name));
  }
  throw listInvalid(where, value);
}

function isName(name: unknown): name is string | number {
  return typeof name === 'number' ? Number.isFinite(name) : typeof name === 'string' && !isBlank(name);
}

function parsed(value: string, where: string): unknown {
  try {
    return readJsonValue(value, where);
  } catch (cause) {
    throw listInvalid(where, value, cause);
  }
}

function listInvalid(where: string, value: unknown, cause?: unknown) {
  return dataInvalid(where, 'a row has no list of labels', {
    got: typeof value === 'string' ? value : (JSON.stringify(value ?? undefined)?.slice(0, 80) ?? 'nothing'),
    expected: 'a list of names, or names between commas, none of them blank; [] or blank text where no label is set',
    fix: 'correct the row, or name another column in task.data.label',
    ...(cause === undefined ? {} : { cause }),
  });
}
