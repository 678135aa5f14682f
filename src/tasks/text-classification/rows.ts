import { z } from 'zod';
import type { Json } from '../../base/canonical-json.ts';
import { dataInvalid, type RawDataset, type RawRow, readLabel } from '../../data/raw-row.ts';
import type { TaskDefinition } from '../../sweep/sweep-definition.ts';
import type { TaskShape } from '../../sweep/vocabulary.ts';
import type { TaskRows } from '../task.ts';
import { demandNumbersApart } from '../alike-names.ts';
import { labelIndex, labelsArePlaces } from '../label-index.ts';
import { sortedNames } from '../sorted-names.ts';
import { freezeText, textCharacters, isEmptyText, textContent, textSequences, thawText } from '../text-rows.ts';

export const rows: TaskRows = {
  shape,
  freeze,
  characters: textCharacters,
  content: textContent,
  isEmpty: isEmptyText,
  sequences: textSequences,
  unlabelled: {
    lack: ['label'],
    complete: (row, _number, { label_names: [label] }) => ({ ...row, cells: { ...row.cells, label } }),
  },
  labels: (row) => [thawText(row).label],
};

/** Label names as the file orders them, or the source, or sorted. */
function shape(definition: TaskDefinition, raw: RawDataset): Omit<TaskShape, 'kind'> {
  const written = raw.train.map((row) => readLabel(row, 'label'));
  const names = definition.labels ?? raw.labels ?? sortedNames(written);
  const arePlaces = definition.labels !== undefined && labelsArePlaces({ raw, names, read: labelsOf });
  const labels = arePlaces ? written.map((label) => names[Number(label)] ?? label) : written;
  if (definition.labels === undefined) demandNumbersApart(names, (name) => raw.train[labels.indexOf(name)]?.where);
  const weights = classWeights(definition.settings?.['class_weights'], names, labels);
  if (names.length >= 2)
    return { label_names: names, ...(weights === null ? {} : { settings: { class_weights: weights } }) };
  throw dataInvalid(raw.train[0]?.where ?? 'task', 'the train rows hold fewer than two classes', {
    got: names.join(', '),
    expected: 'at least two label names',
    fix: 'check task.data.label, or use text-regression for numbers',
  });
}

/** Null where all classes count alike. @param labels of the train rows */
function classWeights(
  asked: Json | undefined,
  names: readonly string[],
  labels: readonly string[],
): readonly number[] | null {
  if (asked === undefined) return null;
  const weights =
    asked === 'balanced' ? balanced(names, labels) : given(new Map(Object.entries(weightsByName.parse(asked))), names);
  return weights.every((weight) => weight === 1) ? null : weights;
}

/** As scikit-learn's: rows / (classes × rows of the class). */
function balanced(names: readonly string[], labels: readonly string[]): readonly number[] {
  return names.map((name) => {
    const rows = labels.filter((label) => label === name).length;
    if (rows > 0) return labels.length / (names.length * rows);
    throw dataInvalid('task.class_weights', 'a class without train rows has no balanced weight', {
      got: `no row of ${name}`,
      expected: 'train rows of every class',
      fix: 'give the weights by name, or take the class out of task.labels',
    });
  });
}

const weightsByName = z.record(z.string(), z.number());

function given(weights: ReadonlyMap<string, number>, names: readonly string[]): readonly number[] {
  const unknown = [...weights.keys()].find((name) => !names.includes(name));
  if (unknown === undefined) return names.map((name) => weights.get(name) ?? 1);
  throw dataInvalid('task.class_weights', 'a weight is of a class that is none', {
    got: unknown,
    expected: `one of ${names.join(', ')}`,
    fix: 'correct its name, or take it out of task.class_weights',
  });
}

const labelsOf = (row: RawRow): readonly string[] => [readLabel(row, 'label')];

function freeze(row: RawRow, { label_names: names }: TaskShape, raw: RawDataset) {
  const source = { raw, names, read: labelsOf };
  return freezeText(row, labelIndex(readLabel(row, 'label'), row, source, 'a row has an unknown label'));
}
