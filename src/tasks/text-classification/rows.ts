import { dataInvalid, type RawDataset, type RawRow, readLabel } from '../../data/raw-row.ts';
import type { TaskDefinition } from '../../sweep/sweep-definition.ts';
import type { TaskShape } from '../../sweep/vocabulary.ts';
import type { TaskRows } from '../task.ts';
import { freezeText, textCharacters } from '../text-rows.ts';

export const rows: TaskRows = { shape, freeze, characters: textCharacters };

/** Label names as the file orders them, or the source, or sorted. */
function shape(definition: TaskDefinition, raw: RawDataset): Omit<TaskShape, 'kind'> {
  const names = definition.labels ?? raw.labels ?? [...new Set(raw.train.map((row) => readLabel(row, 'label')))].sort();
  if (names.length >= 2) return { label_names: names };
  throw dataInvalid(raw.train[0]?.where ?? 'task', 'the train rows hold fewer than two classes', {
    got: names.join(', '),
    expected: 'at least two label names',
    fix: 'check task.data.label, or use text-regression for numbers',
  });
}

function freeze(row: RawRow, { label_names: names }: TaskShape) {
  const name = readLabel(row, 'label');
  const label = names.indexOf(name);
  if (label >= 0) return freezeText(row, label);
  throw dataInvalid(row.where, 'a row has an unknown label', {
    got: name,
    expected: `one of ${names.join(', ')}`,
    fix: 'correct the row, or list every label in task.labels',
  });
}
